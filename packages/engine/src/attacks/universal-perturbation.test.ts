import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { randomUniform, seedTensor } from '../random/stateless.js';
import { toyDataset, toyExamples, trainedToy } from '../training/bright-quarters.fixture.js';
import { deviceDataset } from '../training/device-dataset.js';
import { type UniversalPerturbationParams, universalPerturbation } from './universal-perturbation.js';

let network: Classifier;
beforeAll(async () => {
  await startTestEngine();
  network = await trainedToy();
});

const params: UniversalPerturbationParams = {
  norm: 'l2',
  epsilon: 3,
  stepSize: 0.3,
  steps: 24,
  batchSize: 24,
  target: 2,
};
const norm = (delta: tf.Tensor4D, of: Norm) => perturbationSets[of](1).norm(delta).dataSync()[0] as number;

/** Logits (0, w·x). */
function linear(w: tf.Tensor4D): Classifier {
  const score = (x: tf.Tensor4D) => x.mul(w).sum([1, 2, 3]).reshape<tf.Tensor2D>([-1, 1]);
  return {
    inputShape: [4, 4, 2],
    numClasses: 2,
    variables: [],
    features: score,
    forward: (x) => tf.concat<tf.Tensor2D>([tf.zerosLike(score(x)), score(x)], 1),
    dispose: () => {},
  };
}

it.each<[Norm, number]>([
  ['l2', 0.2],
  ['linf', 0.1],
])('on a linear model it is the steepest direction of length epsilon (%s)', async (of, epsilon) => {
  const w = randomUniform([1, 4, 4, 2], seedTensor([1, 1])).sub(0.5) as tf.Tensor4D;
  const images = (
    randomUniform([6, 32], seedTensor([2, 2]))
      .mul(0.4)
      .add(0.3)
      .dataSync() as Float32Array
  ).slice();
  const dataset = deviceDataset(images, [4, 4, 2], new Int32Array(6));
  const change = { norm: of, epsilon, stepSize: epsilon / 3, steps: 6, batchSize: 2 };
  const { delta: toward } = await universalPerturbation(
    linear(w),
    dataset,
    { ...params, ...change, target: 1 },
    1,
  );
  const { delta: away } = await universalPerturbation(
    linear(w),
    dataset,
    { ...params, ...change, target: 0 },
    1,
  );
  const optimum = of === 'l2' ? w.mul(epsilon).div(w.norm()) : w.sign().mul(epsilon);
  expect(toward.sub(optimum).abs().max().dataSync()[0]).toBeLessThan(1e-5);
  expect(away.add(optimum).abs().max().dataSync()[0]).toBeLessThan(1e-5); // negative pixels are no loss
});

describe('on a network', () => {
  const hits = (delta: tf.Tensor4D, target: number) =>
    tf.tidy(() => {
      const data = toyDataset();
      const x = data.images(tf.range(0, toyExamples, 1, 'int32') as tf.Tensor1D);
      const moved = x.add(delta).clipByValue(0, 1) as tf.Tensor4D;
      return network
        .forward(moved)
        .argMax(1)
        .equal(tf.scalar(target, 'int32'))
        .mean()
        .dataSync()[0] as number;
    });

  it.each<[Norm, number]>([
    ['l2', 4],
    ['linf', 0.3],
  ])('one perturbation in the ball moves most images to the target (%s)', async (of, epsilon) => {
    const change = { norm: of, epsilon, stepSize: epsilon / 8 };
    const { delta } = await universalPerturbation(network, toyDataset(), { ...params, ...change }, 1);
    expect(delta.shape).toEqual([1, 8, 8, 3]);
    expect(norm(delta, of)).toBeLessThanOrEqual(epsilon * (1 + 1e-6));
    expect(hits(delta, 2)).toBeGreaterThan(0.8);
    expect(hits(tf.zerosLike(delta), 2)).toBeLessThan(0.4);
  });

  it('follows from its seed, in bfloat16 nearly the same, reports steps and leaves no tensors behind', async () => {
    const data = toyDataset();
    const find = async (seed: number, change: Partial<UniversalPerturbationParams> = {}) =>
      (await universalPerturbation(network, data, { ...params, steps: 5, ...change }, seed)).delta;
    const first = await find(1);
    expect((await find(1)).dataSync()).toEqual(first.dataSync());
    expect((await find(2)).dataSync()).not.toEqual(first.dataSync());
    const rounded = await find(1, { precision: 'bfloat16' });
    expect(rounded.sub(first).norm().dataSync()[0]).toBeLessThan(0.2 * norm(first, 'l2'));

    const before = tf.memory().numTensors;
    const seen: number[] = [];
    const options = { onStep: ({ done }: { done: number }) => seen.push(done) };
    (await universalPerturbation(network, data, { ...params, steps: 3 }, 1, options)).delta.dispose();
    expect(seen).toEqual([1, 2, 3]);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(universalPerturbation(network, data, params, 1, { signal })).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
  });
});
