import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { seedTensor } from '../random/stateless.js';
import { perturbationSets } from './registry.js';

beforeAll(async () => {
  await startTestEngine();
});

const size = 2 * 3 * 2 * 2;
const shape: [number, number, number, number] = [2, 3, 2, 2];
const floats = (min: number, max: number) =>
  fc
    .array(fc.float({ min: Math.fround(min), max: Math.fround(max), noNaN: true }), {
      minLength: size,
      maxLength: size,
    })
    .map((a) => Float32Array.from(a));
const epsilon = fc.double({ min: 0, max: 2, noNaN: true });
const max = (x: tf.Tensor) => x.max().dataSync()[0] as number;
const min = (x: tf.Tensor) => x.min().dataSync()[0] as number;
const inTidy = (law: () => void) => {
  tf.engine().startScope();
  try {
    law();
  } finally {
    tf.engine().endScope();
  }
};

describe.each(Object.entries(perturbationSets))('%s', (_, perturbationSet) => {
  it('projects into ball and box, and a second time changes nothing', () => {
    fc.assert(
      fc.property(floats(-3, 4), floats(0, 1), epsilon, (x, center, epsilon) =>
        inTidy(() => {
          const set = perturbationSet(epsilon);
          const c = tf.tensor4d(center, shape);
          const once = set.project(tf.tensor4d(x, shape), c);
          expect(max(set.norm(once.sub(c)))).toBeLessThanOrEqual(epsilon + 1e-6);
          expect(min(once)).toBeGreaterThanOrEqual(0);
          expect(max(once)).toBeLessThanOrEqual(1);
          expect(max(set.project(once, c).sub(once).abs())).toBeLessThan(1e-6);
        }),
      ),
      { numRuns: 60 },
    );
  });

  it('leaves a point of the set where it is', () => {
    const set = perturbationSet(0.5);
    const center = tf.fill(shape, 0.5) as tf.Tensor4D;
    const x = center.add(tf.scalar(0.01)) as tf.Tensor4D;
    expect(max(set.project(x, center).sub(x).abs())).toBeLessThan(1e-7);
  });

  it('steps as far as asked, along a direction of ascent, and not at all without a gradient', () => {
    fc.assert(
      fc.property(
        floats(-1, 1),
        fc.double({ min: 1e-3, max: 1, noNaN: true }),
        fc.integer({ min: -12, max: 6 }),
        (g, stepSize, power) =>
          inTidy(() => {
            const set = perturbationSet(1);
            const gradient = tf.tensor4d(g, shape).mul(10 ** power) as tf.Tensor4D;
            const step = set.steepestStep(gradient, stepSize);
            const norms = set.norm(step).dataSync();
            const lengths = gradient.abs().max([1, 2, 3]).dataSync();
            const gains = step.mul(gradient).sum([1, 2, 3]).dataSync();
            for (const [i, norm] of norms.entries()) {
              if ((lengths[i] as number) < 1e-16) continue;
              expect(Math.abs(norm - stepSize)).toBeLessThan(1e-5 * Math.max(1, stepSize));
              expect(gains[i]).toBeGreaterThan(0);
            }
            expect(max(set.steepestStep(tf.zeros(shape), stepSize).abs())).toBe(0);
          }),
      ),
      { numRuns: 60 },
    );
  });

  it('draws random points of the set, the same for the same seed, that fill it', () => {
    const set = perturbationSet(0.2);
    const center = tf.fill([200, 4, 4, 1], 0.5) as tf.Tensor4D;
    const points = set.randomPoint(center, seedTensor([3, 4]));
    expect(points.dataSync()).toEqual(set.randomPoint(center, seedTensor([3, 4])).dataSync());
    expect(points.dataSync()).not.toEqual(set.randomPoint(center, seedTensor([3, 5])).dataSync());
    const norms = set.norm(points.sub(center));
    expect(max(norms)).toBeLessThanOrEqual(0.2 + 1e-6);
    // In 16 dimensions nearly all of a ball lies in its outer half.
    expect(min(norms)).toBeGreaterThan(0.1);
    expect(Math.abs((points.mean().arraySync() as number) - 0.5)).toBeLessThan(0.01);
  });
});
