import { expect, it } from 'vitest';
import { noImages } from '../definitions/kind-definition.js';
import { attackProblems, attackStep } from '../kinds/attack/step.js';

const parsed = (change: object) =>
  attackStep.parse({
    ...{
      kind: 'attack',
      sourceModel: 'model',
      dataset: 'data',
      norm: 'linf',
      epsilon: '8/255',
      targets: 'none',
    },
    ...change,
  });
const problems = (change: object) =>
  attackProblems(parsed(change), { facts: () => noImages, find: () => undefined }).map(({ path }) => path);

it('FGSM takes one step of epsilon', () => {
  expect(parsed({ method: 'fgsm' })).toMatchObject({ steps: 1, stepSize: 8 / 255 });
  expect(problems({ method: 'fgsm' })).toEqual([]);
  expect(problems({ method: 'fgsm', steps: 2 })).toEqual(['steps']);
});

it('BIM takes ten from the image, PGD a hundred', () => {
  expect(parsed({ method: 'bim' })).toMatchObject({ steps: 10, stepSize: 8 / 2550 });
  expect(problems({ method: 'bim', randomStart: true })).toEqual(['randomStart']);
  expect(problems({ method: 'bim', norm: 'l2', epsilon: 0.5 })).toEqual(['norm']);
  expect(parsed({})).toMatchObject({ steps: 100 });
});

it('own parameters have the default of their attack', () => {
  expect(parsed({ method: 'tifgsm' })).toMatchObject({ kernelSize: 15, decay: 0 });
  expect(parsed({ method: 'difgsm' })).toMatchObject({
    resizeRate: 0.9,
    diversityProbability: 0.5,
    decay: 0,
  });
  expect(parsed({ method: 'nifgsm' })).toMatchObject({ decay: 1 });
  expect(problems({ method: 'nifgsm', kernelSize: 5 })).toEqual(['kernelSize']);
  expect(() => parsed({ method: 'tifgsm', kernelSize: 4 })).toThrow('odd');
});
