import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { generator } from '../random/generator.js';
import { seedTensor } from '../random/stateless.js';
import { type Norm, perturbationSets } from './registry.js';

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
/** The norm of each of n examples' perturbations, in float64. */
function norms64(kind: Norm, image: ArrayLike<number>, x: ArrayLike<number>, n: number): number[] {
  const pixels = x.length / n;
  return Array.from({ length: n }, (_, example) => {
    const deltas = Array.from({ length: pixels }, (_, pixel) => {
      const at = example * pixels + pixel;
      return Math.abs((image[at] as number) - (x[at] as number));
    });
    return kind === 'linf'
      ? deltas.reduce((most, delta) => Math.max(most, delta))
      : Math.sqrt(deltas.reduce((sum, delta) => sum + delta ** 2, 0));
  });
}
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
          expect(max(set.norm(once.sub(c)))).toBeLessThanOrEqual(epsilon);
          expect(min(once)).toBeGreaterThanOrEqual(0);
          expect(max(once)).toBeLessThanOrEqual(1);
          expect(max(set.project(once, c).sub(once).abs())).toBeLessThan(1e-6);
        }),
      ),
      { numRuns: 60 },
    );
  });

  it('is exact: float64 finds every float32 image in ball and box, whatever it started from', () => {
    const inBall = (
      [n, height, width, channels]: typeof shape,
      epsilon: number,
      seed: number,
      grid: boolean,
    ) =>
      inTidy(() => {
        const set = perturbationSet(epsilon);
        const size = n * height * width * channels;
        const random = generator([seed, 3]);
        const bytes = Array.from({ length: size }, () => (grid ? random.below(256) : 128 + random.below(2)));
        const center = tf.tensor4d(
          Float32Array.from(bytes, (byte) => byte / 255),
          [n, height, width, channels],
        );
        // Far away, in a direction that all pixels share (roundings add up) or in one of their own.
        const far = grid ? tf.randomUniform(center.shape, -9, 9, 'float32', seed) : tf.fill(center.shape, 5);
        const points = [
          set.project(center.add(far) as tf.Tensor4D, center),
          set.randomPoint(center, seedTensor([seed, 1])),
          center.add(set.projectPerturbation(far as tf.Tensor4D)).clipByValue(0, 1),
        ];
        for (const point of points) {
          const stored = point.dataSync();
          const exact = bytes.map((byte) => byte / 255);
          // A smaller ball may not even hold the float32 nearest to byte / 255.
          const views = [exact.map(Math.fround), ...(epsilon > 1e-4 ? [exact] : [])];
          for (const x of views) {
            expect(Math.max(...norms64(set.kind, stored, x, n))).toBeLessThanOrEqual(epsilon);
          }
          expect(stored.every((value) => value >= 0 && value <= 1)).toBe(true);
        }
      });
    fc.assert(
      fc.property(
        fc.constantFrom<typeof shape>([2, 3, 2, 2], [3, 8, 8, 1], [2, 32, 32, 3]),
        fc.oneof(epsilon, fc.constantFrom(0, 8 / 255, 4 / 255, 0.5, 1e-9, Number.MIN_VALUE)),
        fc.nat(1000),
        fc.boolean(),
        inBall,
      ),
      { numRuns: 30 },
    );
    inBall([1, 224, 224, 3], 0.5, 1, false);
    inBall([1, 224, 224, 3], 8 / 255, 1, true);
  });

  it('reaches out to epsilon all the same', () => {
    const center = tf.fill([1, 32, 32, 3], 0.5) as tf.Tensor4D;
    const far = tf.randomUniform(center.shape, -9, 9, 'float32', 1);
    for (const epsilon of [8 / 255, 0.25, 0.5]) {
      const set = perturbationSet(epsilon);
      const point = set.project(center.add(far) as tf.Tensor4D, center);
      const reached = norms64(set.kind, point.dataSync(), center.dataSync(), 1)[0] as number;
      expect(reached / epsilon).toBeGreaterThan(0.9995);
    }
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
        fc.integer({ min: -36, max: 30 }),
        (g, stepSize, power) =>
          inTidy(() => {
            const set = perturbationSet(1);
            const gradient = tf.tensor4d(g, shape).mul(10 ** power) as tf.Tensor4D;
            const step = set.steepestStep(gradient, stepSize);
            const norms = set.norm(step).dataSync();
            const largest = gradient.abs().max([1, 2, 3], true);
            const lengths = largest.dataSync();
            const gains = step.mul(gradient.div(largest)).sum([1, 2, 3]).dataSync();
            for (const [i, norm] of norms.entries()) {
              if ((lengths[i] as number) < 2 ** -126) continue;
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
