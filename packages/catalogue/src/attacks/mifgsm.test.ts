import { expect, it } from 'vitest';
import { noImages } from '../definitions/kind-definition.js';
import { attackProblems, attackStep } from '../kinds/attack/step.js';

const written = {
  kind: 'attack',
  sourceModel: 'model',
  dataset: 'data',
  norm: 'linf',
  epsilon: '8/255',
  targets: 'none',
};
const parsed = (change: object) => attackStep.parse({ ...written, ...change });
const problems = (change: object) =>
  attackProblems(parsed(change), { facts: () => noImages, find: () => undefined }).map(({ path }) => path);

it('reaches epsilon with its steps, and keeps the whole sum of gradients, unless told', () => {
  const { decay, stepSize } = parsed({ method: 'mifgsm', steps: 10 });
  expect(decay).toBe(1);
  expect(stepSize).toBeCloseTo(8 / 2550, 12);
  expect(parsed({ method: 'mifgsm', decay: 0.5, stepSize: 0.01 })).toMatchObject({
    decay: 0.5,
    stepSize: 0.01,
  });
});

it('is the only one with a decay', () => {
  expect(parsed({})).not.toHaveProperty('decay');
  expect(problems({ decay: 1 })).toContain('decay');
  expect(problems({ method: 'mifgsm', decay: 1 })).not.toContain('decay');
});
