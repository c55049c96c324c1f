import { expect, it } from 'vitest';
import { noImages, type StepFacts } from '../definitions/kind-definition.js';
import { attackProblems, attackStep } from '../kinds/attack/step.js';
import { perturbationWarnings } from '../warnings/perturbation-warnings.js';

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
const problems = (change: object, images: StepFacts['images'] = null) =>
  attackProblems(parsed(change), { facts: () => ({ ...noImages, images }), find: () => undefined }).map(
    ({ path }) => path,
  );

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

it('APGD begins with steps of twice epsilon, of which nobody is warned', () => {
  const settings = parsed({ method: 'apgd' });
  expect(settings).toMatchObject({ steps: 100, stepSize: 16 / 255, loss: 'ce' });
  expect(perturbationWarnings(settings)).toEqual([]);
  expect(perturbationWarnings(parsed({ stepSize: '16/255' })).map(({ code }) => code)).toEqual([
    'STEP_LONGER_THAN_EPSILON',
  ]);
});

it('APGD refuses what its loss or its comparisons cannot have', () => {
  const images = {
    dataset: 'cifar10',
    imageSize: null,
    shape: [32, 32, 3],
    mirrorable: true,
    bytesPerPixel: 1,
  } as const;
  const dlr = { method: 'apgd', loss: 'dlr' };
  expect(problems(dlr)).toEqual([]);
  expect(problems(dlr, { ...images, shape: [32, 32, 3], classes: 3 })).toEqual([]);
  expect(problems(dlr, { ...images, shape: [32, 32, 3], classes: 2 })).toEqual(['loss']);
  expect(problems({ ...dlr, targets: 'next' })).toEqual(['loss']);
  expect(problems({ method: 'apgd', targets: 'next' })).toEqual([]);
  expect(problems({ method: 'apgd', gradientSamples: 4 })).toEqual(['gradientSamples']);
  expect(problems({ method: 'apgd', nonTransferModels: ['a'] })).toContain('nonTransferModels');
});

it('PGD alone may keep the best iterate', () => {
  expect(parsed({ bestIterate: true })).toMatchObject({ bestIterate: true });
  expect(parsed({ bestIterate: false })).toEqual(parsed({}));
  expect(parsed({})).not.toHaveProperty('bestIterate');
  expect(problems({ bestIterate: true })).toEqual([]);
  expect(problems({ method: 'mifgsm', bestIterate: true })).toEqual(['bestIterate']);
});

it('Square makes squares of epsilon, 5,000 of them', () => {
  expect(parsed({ method: 'square' })).toMatchObject({ steps: 5_000, stepSize: 8 / 255, firstShare: 0.8 });
  expect(problems({ method: 'square' })).toEqual([]);
  expect(problems({ method: 'square', stepSize: '2/255' })).toEqual(['stepSize']);
  expect(problems({ method: 'square', gradientSamples: 2 })).toEqual(['gradientSamples']);
});

it('MI-FGSM reaches epsilon with its steps, and keeps the whole sum of gradients, unless given others', () => {
  const { decay, stepSize } = parsed({ method: 'mifgsm', steps: 10 });
  expect(decay).toBe(1);
  expect(stepSize).toBeCloseTo(8 / 2550, 12);
  expect(parsed({ method: 'mifgsm', decay: 0.5, stepSize: 0.01 })).toMatchObject({
    decay: 0.5,
    stepSize: 0.01,
  });
});

it('PGD has no decay', () => {
  expect(parsed({})).not.toHaveProperty('decay');
  expect(problems({ decay: 1 })).toContain('decay');
  expect(problems({ method: 'mifgsm', decay: 1 })).not.toContain('decay');
});
