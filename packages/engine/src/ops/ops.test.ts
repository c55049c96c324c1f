import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { traceFunction } from '../backend/trace.js';
import { generator } from '../random/generator.js';
import { seedTensor } from '../random/stateless.js';
import { augment } from './augment.js';
import { batchNormEpsilon, batchNormTraining } from './batch-norm.js';
import { crossEntropy } from './cross-entropy.js';
import { logOddsAgainst } from './log-odds.js';
import { relu } from './relu.js';

beforeAll(async () => {
  await startTestEngine();
});

const values = (n: number, seed = 1) => {
  const random = generator([seed, 0]);
  return Float32Array.from({ length: n }, () => random.normal());
};

/** Central differences of a scalar function of `x`, in float64 as far as the function allows. */
function finiteDifferences(f: (x: Float32Array) => number, x: Float32Array, step = 1e-2): number[] {
  return Array.from(x, (_, index) => {
    const moved = (by: number) => f(x.map((value, i) => (i === index ? value + by : value)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...Array.from(actual, (value, i) => Math.abs(value - (expected[i] as number))));
  expect(worst).toBeLessThan(tolerance);
}

describe('relu', () => {
  const x = tf.tensor1d([-2, -0.5, 0, 0.5, 3]);
  const weights = tf.tensor1d([1, 2, 3, 4, 5]);
  it('and its gradient equal tfjs', () => {
    const ours = tf.valueAndGrad((x) => relu(x).mul(weights).sum())(x);
    expect([...ours.grad.dataSync()]).toEqual([0, 0, 0, 4, 5]);
    expect([...relu(x).dataSync()]).toEqual([0, 0, 0, 0.5, 3]);
  });
});

describe('batchNormTraining', () => {
  const shape: [number, number, number, number] = [3, 2, 2, 2];
  const x = values(24);
  const scale = Float32Array.of(0.5, -2);
  const offset = Float32Array.of(1, 3);
  const weights = tf.tensor4d(values(24, 2), shape);
  const inputs = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) => ({
    x: x as tf.Tensor4D,
    scale,
    offset,
    runningMean: tf.tensor1d([0.5, -0.5]),
    runningVariance: tf.tensor1d([2, 3]),
  });
  const loss = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) =>
    batchNormTraining(inputs(x, scale, offset))
      .y.square()
      .mul(weights)
      .sum() as tf.Scalar;
  const args = () => [tf.tensor4d(x, shape), tf.tensor1d(scale), tf.tensor1d(offset)] as const;

  it('normalises by the batch and moves the running statistics', () => {
    const out = batchNormTraining(inputs(...args()));
    const { mean, variance } = tf.moments(tf.tensor4d(x, shape), [0, 1, 2]);
    const expected = tf
      .tensor4d(x, shape)
      .sub(mean)
      .div(variance.add(batchNormEpsilon).sqrt())
      .mul(tf.tensor1d(scale))
      .add(tf.tensor1d(offset));
    expectClose(out.y.dataSync(), expected.dataSync(), 1e-5);
    const unbiased = variance.mul(12 / 11).dataSync();
    expectClose(
      out.runningMean.dataSync(),
      [...mean.dataSync()].map((m, i) => 0.9 * ([0.5, -0.5][i] as number) + 0.1 * m),
      1e-6,
    );
    expectClose(
      out.runningVariance.dataSync(),
      [...unbiased].map((v, i) => 0.9 * ([2, 3][i] as number) + 0.1 * v),
      1e-6,
    );
  });

  it('has the gradients of finite differences in x, scale and offset', () => {
    const grads = tf.grads(loss)([...args()]);
    const at = (x: Float32Array, scale: Float32Array, offset: Float32Array) =>
      tf.tidy(
        () => loss(tf.tensor4d(x, shape), tf.tensor1d(scale), tf.tensor1d(offset)).dataSync()[0] as number,
      );
    expectClose(
      (grads[0] as tf.Tensor).dataSync(),
      finiteDifferences((moved) => at(moved, scale, offset), x),
      0.05,
    );
    expectClose(
      (grads[1] as tf.Tensor).dataSync(),
      finiteDifferences((moved) => at(x, moved, offset), scale),
      0.05,
    );
    expectClose(
      (grads[2] as tf.Tensor).dataSync(),
      finiteDifferences((moved) => at(x, scale, moved), offset),
      0.05,
    );
  });
});

describe('crossEntropy', () => {
  const logits = values(12);
  const labels = tf.tensor1d([2, 0, 1], 'int32');
  const weights = tf.tensor1d([1, 2, 3]);
  it.each([0, 0.2])('with label smoothing %d equals its definition, gradient too', (smoothing) => {
    const targets = tf
      .oneHot(labels, 4)
      .mul(1 - smoothing)
      .add(smoothing / 4);
    const plain = (z: tf.Tensor) => tf.logSoftmax(z).mul(targets).sum(1).neg().mul(weights).sum();
    const ours = (z: tf.Tensor) =>
      crossEntropy(z as tf.Tensor2D, labels, smoothing)
        .mul(weights)
        .sum();
    const z = tf.tensor2d(logits, [3, 4]);
    expectClose(ours(z).dataSync(), plain(z).dataSync(), 1e-5);
    const gradient = tf.grad(ours)(z).dataSync();
    expectClose(gradient, tf.grad(plain)(z).dataSync(), 1e-5);
    const numeric = finiteDifferences(
      (moved) => ours(tf.tensor2d(moved, [3, 4])).dataSync()[0] as number,
      logits,
    );
    expectClose(gradient, numeric, 1e-2);
  });
});

describe('logOddsAgainst', () => {
  const labels = tf.tensor1d([2, 0, 1], 'int32');
  const gradientOf = (f: (z: tf.Tensor2D) => tf.Tensor, logits: tf.Tensor2D) =>
    tf.grad((z) => f(z as tf.Tensor2D).sum())(logits);

  it('is log((1 − p) / p), and the cross-entropy is its softplus', () => {
    const z = tf.tensor2d(values(12), [3, 4]);
    const odds = logOddsAgainst(z, labels);
    const p = tf.softmax(z).mul(tf.oneHot(labels, 4)).sum(1);
    expectClose(odds.dataSync(), tf.scalar(1).sub(p).div(p).log().dataSync(), 1e-5);
    expectClose(tf.softplus(odds).dataSync(), crossEntropy(z, labels).dataSync(), 1e-5);
  });

  it('has the gradient of the cross-entropy over 1 − p', () => {
    const z = tf.tensor2d(values(12), [3, 4]);
    const rest = tf.scalar(1).sub(tf.softmax(z).mul(tf.oneHot(labels, 4)).sum(1, true));
    const expected = gradientOf((z) => crossEntropy(z, labels), z).div(rest);
    expectClose(gradientOf((z) => logOddsAgainst(z, labels), z).dataSync(), expected.dataSync(), 1e-5);
  });

  it.each([1, 30, 1e3, 1e30])(
    'keeps a gradient of size 1 at logits × %d, where they are right or wrong',
    (by) => {
      const z = tf.tensor2d([0, 1, 2, 3, 3, 2, 1, 0, 3, 0, 2, 1], [3, 4]).mul<tf.Tensor2D>(by);
      const gradient = gradientOf((z) => logOddsAgainst(z, labels), z).arraySync() as number[][];
      for (const [i, row] of gradient.entries()) {
        const own = labels.dataSync()[i] as number;
        expect(row[own]).toBe(-1);
        expect(row.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0, 6);
      }
    },
  );
});

describe('augment', () => {
  const images = tf.tensor4d(values(4 * 5 * 6 * 2), [4, 5, 6, 2]);
  it('gives only pixels of the same image, and the same ones for the same seed', () => {
    const once = augment(images, seedTensor([1, 2]), 'flip-crop', 2);
    expect(once.shape).toEqual(images.shape);
    expect(once.dataSync()).toEqual(augment(images, seedTensor([1, 2]), 'flip-crop', 2).dataSync());
    expect(once.dataSync()).not.toEqual(augment(images, seedTensor([1, 3]), 'flip-crop', 2).dataSync());
    for (let i = 0; i < 4; i++) {
      const pixels = new Set(images.slice([i], [1]).dataSync());
      for (const value of once.slice([i], [1]).dataSync()) expect(pixels.has(value)).toBe(true);
    }
  });

  it('without shift is a flip or nothing, half of the time each', () => {
    const many = tf.tile(images.slice([0], [1]), [200, 1, 1, 1]) as tf.Tensor4D;
    const out = augment(many, seedTensor([5, 5]), 'flip-crop', 0);
    const same = [...out.equal(many).all([1, 2, 3]).dataSync()];
    const flipped = [...out.equal(many.reverse(2)).all([1, 2, 3]).dataSync()];
    expect(same.every((s, i) => s + (flipped[i] as number) === 1)).toBe(true);
    const share = same.reduce((a, b) => a + b, 0);
    expect(share).toBeGreaterThan(70);
    expect(share).toBeLessThan(130);
  });

  it('crops alone where images may not be mirrored: the same crops', () => {
    const many = tf.tile(images.slice([0], [1]), [200, 1, 1, 1]) as tf.Tensor4D;
    const still = augment(many, seedTensor([5, 5]), 'crop', 0);
    expect(still.dataSync()).toEqual(many.dataSync());
    const cropped = augment(many, seedTensor([5, 5]), 'crop', 1);
    const flippedToo = augment(many, seedTensor([5, 5]), 'flip-crop', 1);
    const same = [...cropped.equal(flippedToo).all([1, 2, 3]).dataSync()].filter((one) => one === 1).length;
    expect(same).toBeGreaterThan(70);
    expect(same).toBeLessThan(130);
  });

  it('has a gradient that sends each pixel back where it came from', () => {
    const seed = seedTensor([7, 8]);
    const traced = traceFunction(
      (x: tf.Tensor4D) =>
        tf.grad((z) =>
          augment(z as tf.Tensor4D, seed, 'flip-crop', 1)
            .square()
            .sum(),
        )(x),
      [images],
    );
    // d/dx of sum(x_src^2) is 2x times the number of places a pixel went to.
    const counts = tf.grad((z) => augment(z as tf.Tensor4D, seed, 'flip-crop', 1).sum())(images);
    expectClose(traced(images).dataSync(), images.mul(2).mul(counts).dataSync(), 1e-5);
    expect(counts.sum().dataSync()[0]).toBe(images.size);
  });
});
