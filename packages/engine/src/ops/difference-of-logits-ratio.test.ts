import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { differenceOfLogitsRatio } from './difference-of-logits-ratio.js';

beforeAll(async () => {
  await startTestEngine();
});

/** Equation 6 in float64. */
function reference(z: number[], label: number): number {
  const sorted = z.toSorted((a, b) => b - a) as [number, number, number];
  const other = Math.max(...z.filter((_, i) => i !== label));
  return (other - (z[label] as number)) / (sorted[0] - sorted[2]);
}

/** Logits that lie apart, so that no finite difference changes their order. */
const logits = fc
  .uniqueArray(fc.integer({ min: -40, max: 40 }), { minLength: 5, maxLength: 5 })
  .map((values) => values.map((value) => value / 4));
const example = fc.tuple(logits, fc.nat(4));
const ratio = (z: number[][], labels: number[]) =>
  tf.tidy(() => Array.from(differenceOfLogitsRatio(tf.tensor2d(z), tf.tensor1d(labels, 'int32')).dataSync()));

it('is the ratio of the paper, of any scale and offset, above 0 where the label is not predicted', () => {
  fc.assert(
    fc.property(fc.array(example, { minLength: 1, maxLength: 4 }), (examples) => {
      const labels = examples.map(([, label]) => label);
      const z = examples.map(([values]) => values);
      const found = ratio(z, labels);
      const scaled = ratio(
        z.map((row) => row.map((value) => 1_000 * value + 3)),
        labels,
      );
      for (const [i, row] of z.entries()) {
        const expected = reference(row, labels[i] as number);
        expect(found[i]).toBeCloseTo(expected, 4);
        expect(scaled[i]).toBeCloseTo(expected, 3);
        expect((found[i] as number) > 0).toBe(row.indexOf(Math.max(...row)) !== labels[i]);
      }
    }),
  );
});

it('has the gradient that finite differences find', () => {
  fc.assert(
    fc.property(example, ([z, label]) => {
      const gradient = tf.tidy(() => {
        const of = (x: tf.Tensor) =>
          differenceOfLogitsRatio(x as tf.Tensor2D, tf.tensor1d([label], 'int32')).sum();
        return Array.from(
          tf
            .grad(of)(tf.tensor2d([z]))
            .dataSync(),
        );
      });
      const h = 1e-3;
      for (let i = 0; i < z.length; i++) {
        const moved = (by: number) => reference(z.with(i, (z[i] as number) + by), label);
        expect(gradient[i]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 3);
      }
    }),
  );
});

it('is finite where all logits are equal', () => {
  expect(ratio([[1, 1, 1]], [0])).toEqual([0]);
});
