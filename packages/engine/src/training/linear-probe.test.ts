import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { penultimateFeatures } from '../metrics/penultimate-features.js';
import { predict } from '../metrics/predict.js';
import { createModel, type Model } from '../models/model.js';
import { toyDataset, toyNetwork, toyParams } from './bright-quarters.fixture.js';
import type { TrainingCheckpoint } from './checkpoint.js';
import { type TrainingOptions, trainClassifier } from './train-classifier.js';
import type { TrainingParams } from './training-params.js';

beforeAll(async () => {
  await startTestEngine();
});

const probe: TrainingParams = {
  ...toyParams,
  augmentation: 'none',
  weightDecay: 0.1,
  trainable: 'classifier',
};
async function train(model: Model, params: TrainingParams, rest: Partial<TrainingOptions> = {}) {
  const dataset = toyDataset();
  try {
    return await trainClassifier({ model, dataset, params, seed: 5, ...rest });
  } finally {
    dataset.dispose();
  }
}
const changed = (model: Model, before: ReturnType<Model['weights']>) =>
  [...model.weights()]
    .filter(([name, { data }]) => Buffer.compare(Buffer.from(data.buffer), bytesOf(before, name)) !== 0)
    .map(([name]) => name);
function bytesOf(weights: ReturnType<Model['weights']>, name: string) {
  const { data } = weights.get(name) as { data: Float32Array };
  return Buffer.from(data.buffer);
}
const withBias = () =>
  createModel({
    architecture: 'cnn',
    width: 1 / 16,
    inputShape: [8, 8, 3],
    numClasses: 4,
    mean: [0.25, 0.25, 0.25],
    std: [0.2, 0.2, 0.2],
    seed: 1,
  });
const adversarial = { norm: 'l2', epsilon: 0.1, stepSize: 0.1, steps: 2, randomStart: true } as const;

describe('a linear probe', () => {
  it.each<[string, () => Model, Partial<TrainingParams>, string[]]>([
    ['on features computed once', toyNetwork, {}, ['classifier.kernel']],
    ['on augmented images', toyNetwork, { augmentation: 'flip-crop' }, ['classifier.kernel']],
    ['on adversarial images', toyNetwork, { adversarial }, ['classifier.kernel']],
    ['of a layer with a bias', withBias, {}, ['classifier.kernel', 'classifier.bias']],
  ])(
    'leaves weights and statistics of the body as they are, to the bit: %s',
    async (_, make, change, moved) => {
      const model = make();
      const before = model.weights();
      await train(model, { ...probe, ...change });
      expect(changed(model, before)).toEqual(moved);
    },
  );

  it('learns what the features tell', async () => {
    const model = toyNetwork(); // random features
    const { lastEpoch: report } = await train(model, {
      ...probe,
      weightDecay: 0,
      epochs: 60,
      learningRate: 0.2,
    });
    expect(report?.trainAccuracy).toBeGreaterThan(0.9);
    const data = toyDataset();
    const labels = data.labels(tf.range(0, 64, 1, 'int32') as tf.Tensor1D).dataSync();
    const found = await predict(model, data, { batchSize: 64 });
    expect(found.filter((label, i) => label === labels[i]).length).toBeGreaterThan(57);
  });

  it('is the same whether features are computed once or at every step', async () => {
    const [once, every] = [toyNetwork(), toyNetwork()];
    await train(once, probe);
    // epsilon 0 moves no image, but they must be seen at every step
    await train(every, { ...probe, adversarial: { ...adversarial, epsilon: 0 } });
    const kernel = (model: Model) => model.parameter('classifier.kernel');
    expect(kernel(once).sub(kernel(every)).abs().max().dataSync()[0]).toBeLessThan(1e-4);
  });

  it('resumed, ends in the same bytes as one that never stopped, and leaves no tensors behind', async () => {
    const [whole, resumed] = [toyNetwork(), toyNetwork(99)];
    let saved: TrainingCheckpoint | undefined;
    const before = tf.memory().numTensors;
    await train(whole, probe, {
      checkpointEvery: { steps: 7 },
      saveCheckpoint: (checkpoint) => {
        saved = structuredClone(checkpoint);
      },
    });
    expect(saved?.step).toBe(7);
    await train(resumed, probe, { resumeFrom: saved ?? null });
    expect(changed(resumed, whole.weights())).toEqual([]);
    await expect(train(whole, probe, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('penultimateFeatures are those of every example in order, whatever the batch size', async () => {
  const [model, data] = [toyNetwork(), toyDataset()];
  const all = tf.range(0, 64, 1, 'int32') as tf.Tensor1D;
  const expected = model.features(data.images(all));
  for (const batchSize of [24, 64, 100]) {
    const found = await penultimateFeatures(model, data, { batchSize });
    expect(found.length).toBe(expected.size);
    expect(tf.tensor2d(found, expected.shape).sub(expected).abs().max().dataSync()[0]).toBeLessThan(1e-4);
  }
});
