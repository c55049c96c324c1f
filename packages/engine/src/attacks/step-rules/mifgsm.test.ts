import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { startTestEngine } from '../../backend/testing/start-test-engine.js';
import { perturbationSets } from '../../perturbation-sets/registry.js';
import { mifgsmRule } from './mifgsm.js';
import { pgdRule } from './pgd.js';
import type { StepRule } from './step-rule.js';
import { walk } from './walk.fixture.js';

beforeAll(async () => {
  await startTestEngine();
});

const shape: [number, number, number, number] = [2, 2, 1, 2];
const pixels = 4;
const stepSize = 0.125;
const norm = fc.constantFrom('l2' as const, 'linf' as const);
/** Gradients of two images over three steps; components are 0 or far from what float32 rounds to 0. */
const component = fc.oneof(fc.constant(0), fc.integer({ min: -64, max: 64 }).filter(Boolean));
const gradients = fc.array(fc.array(component, { minLength: 8, maxLength: 8 }), {
  minLength: 3,
  maxLength: 3,
});

const walked = (rule: StepRule, steps: number[][]): number[] => walk(rule, shape, steps).x;

/** Equations 6 to 8 of Dong et al. 2018 in float64, one image by itself. */
function reference(kind: 'l2' | 'linf', decay: number, steps: number[][], image: number): number[] {
  const x = new Array<number>(pixels).fill(0);
  const sum = new Array<number>(pixels).fill(0);
  for (const all of steps) {
    const gradient = all.slice(image * pixels, (image + 1) * pixels);
    const length = gradient.reduce((total, each) => total + Math.abs(each), 0);
    for (let i = 0; i < pixels; i++)
      sum[i] = decay * (sum[i] as number) + (length === 0 ? 0 : (gradient[i] as number) / length);
    const size = Math.hypot(...sum);
    for (let i = 0; i < pixels; i++) {
      // What is left of a sum that cancels is rounding, whose sign means nothing.
      const g = Math.abs(sum[i] as number) < 1e-6 ? 0 : (sum[i] as number);
      x[i] = (x[i] as number) + stepSize * (kind === 'linf' ? Math.sign(g) : size < 1e-6 ? 0 : g / size);
    }
  }
  return x;
}

const cancels = (decay: number, steps: number[][], image: number): boolean => {
  const sum = new Array<number>(pixels).fill(0);
  return steps.some((all) => {
    const gradient = all.slice(image * pixels, (image + 1) * pixels);
    const length = gradient.reduce((total, each) => total + Math.abs(each), 0) || 1;
    return gradient.some((each, i) => {
      const old = decay * (sum[i] as number);
      sum[i] = old + each / length;
      return old !== 0 && Math.abs(sum[i] as number) < 1e-4;
    });
  });
};

it('moves as the equations of the paper', () => {
  fc.assert(
    fc.property(norm, fc.constantFrom(0.25, 0.5, 1, 1.5), gradients, (kind, decay, steps) => {
      fc.pre([0, 1].every((image) => !cancels(decay, steps, image)));
      const found = walked(mifgsmRule(perturbationSets[kind](1), { stepSize, decay }), steps);
      const expected = [0, 1].flatMap((image) => reference(kind, decay, steps, image));
      for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
    }),
    { numRuns: 60 },
  );
});

it('is PGD without momentum, whatever the length of the gradients', () => {
  fc.assert(
    fc.property(norm, gradients, fc.constantFrom(1, 1e-30, 1e36), (kind, steps, length) => {
      const set = perturbationSets[kind](1);
      const scaled = steps.map((gradient) => gradient.map((each) => each * length));
      const found = walked(mifgsmRule(set, { stepSize, decay: 0 }), scaled);
      const expected = walked(pgdRule(set, { stepSize }), scaled);
      for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
    }),
    { numRuns: 40 },
  );
});
