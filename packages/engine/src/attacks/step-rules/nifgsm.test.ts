import { beforeAll, expect, it } from 'vitest';
import { startTestEngine } from '../../backend/testing/start-test-engine.js';
import { perturbationSets } from '../../perturbation-sets/registry.js';
import { mifgsmRule } from './mifgsm.js';
import { nifgsmRule } from './nifgsm.js';
import { type Shape, walk } from './walk.fixture.js';

beforeAll(async () => {
  await startTestEngine();
});

const shape: Shape = [1, 2, 1, 2];
const stepSize = 0.125;
const set = perturbationSets.linf(1);
/** Of mean magnitude 2, so that normalised they are halves of these. */
const gradients = [
  [4, -2, 0, 2],
  [0, 0, -8, 0],
  [1, 1, 1, 5],
];

it('takes its gradients one step ahead along the sum, and moves as MI-FGSM', () => {
  const { x, lookedAt } = walk(nifgsmRule(set, { stepSize, decay: 0.5 }), shape, gradients);
  const sums = [
    [0, 0, 0, 0],
    [2, -1, 0, 1],
    [1, -0.5, -4, 0.5],
  ];
  const moved = [
    [0, 0, 0, 0],
    [1, -1, 0, 1],
    [2, -2, -1, 2],
  ];
  for (const [step, sum] of sums.entries())
    for (const [i, g] of sum.entries())
      expect(lookedAt[step]?.[i]).toBeCloseTo(stepSize * ((moved[step]?.[i] ?? 0) + 0.5 * g), 6);
  expect(x).toEqual(walk(mifgsmRule(set, { stepSize, decay: 0.5 }), shape, gradients).x);
});

it('looks at x itself without momentum', () => {
  const { lookedAt } = walk(nifgsmRule(set, { stepSize, decay: 0 }), shape, gradients);
  expect(lookedAt[1]).toEqual([stepSize, -stepSize, 0, stepSize]);
});
