import { beforeAll, describe, expect, it } from 'vitest';
import { pgd } from '../attacks/attack.js';
import type { AttackParams } from '../attacks/attack-params.js';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { createModel, type Model } from '../models/model.js';
import { crossEntropy } from '../ops/cross-entropy.js';
import { generator } from '../random/generator.js';
import type { AdversarialTraining } from './adversarial-batch.js';
import { toyDataset, toyNetwork, toyParams } from './bright-quarters.fixture.js';
import type { TrainingCheckpoint } from './checkpoint.js';
import { deviceDataset } from './device-dataset.js';
import { type TrainingOptions, trainClassifier } from './train-classifier.js';
import type { TrainingParams } from './training-params.js';

beforeAll(async () => {
  await startTestEngine();
});

const adversarial: AdversarialTraining = {
  norm: 'linf',
  epsilon: 0.06,
  stepSize: 0.02,
  steps: 4,
  randomStart: true,
};
async function train(
  model: Model,
  change: Partial<TrainingParams> = {},
  rest: Partial<TrainingOptions> = {},
) {
  const dataset = toyDataset();
  try {
    return await trainClassifier({ model, dataset, params: { ...toyParams, ...change }, seed: 5, ...rest });
  } finally {
    dataset.dispose();
  }
}
const bytes = (model: Model) =>
  [...model.weights()].map(([name, { data }]) => [name, Buffer.from(data.buffer).toString('hex')]);

/**
 * Two classes told by a broad feature that is right for 54 of 64 images and large (one half is brighter by 0.3), and by
 * a faint one that is always right (a chequered pattern of ±0.03), which an adversary of 0.06 can turn round.
 */
function faintAndBroad() {
  const [size, pixels] = [64, 64];
  const random = generator([3, 4]);
  const labels = Int32Array.from({ length: size }, (_, i) => i % 2);
  const images = Float32Array.from({ length: size * pixels }, (_, position) => {
    const [example, pixel] = [Math.floor(position / pixels), position % pixels];
    const [row, column] = [Math.floor(pixel / 8), pixel % 8];
    const side = labels[example] === 1 ? 1 : -1;
    const broad = example >= 54 ? -side : side;
    const half = column < 4 ? 1 : -1;
    const chequer = (row + column) % 2 === 0 ? 1 : -1;
    return 0.5 + 0.15 * broad * half + 0.03 * side * chequer + (random.below(1000) / 1000 - 0.5) * 0.04;
  });
  return {
    images: tf.tensor4d(images, [size, 8, 8, 1]),
    labels,
    data: deviceDataset(images, [8, 8, 1], labels),
  };
}

describe('robust training', () => {
  it('lets go of a feature that is useful but not robust, where standard training holds on to it', async () => {
    const { images, labels, data } = faintAndBroad();
    const y = tf.tensor1d(labels, 'int32');
    const trained = async (change: Partial<TrainingParams>) => {
      const model = createModel({
        architecture: 'resnet9',
        width: 4 / 64,
        inputShape: [8, 8, 1],
        numClasses: 2,
        mean: [0.5],
        std: [0.16],
        seed: 2,
      });
      const params = { ...toyParams, augmentation: 'none', epochs: 40, ...change } as const;
      const { lastEpoch: report } = await trainClassifier({ model, dataset: data, params, seed: 1 });
      const attack: AttackParams = {
        ...adversarial,
        steps: 10,
        targeted: false,
        randomStart: false,
        restarts: 1,
        gradientSamples: 1,
      };
      const right = (x: tf.Tensor4D) =>
        tf.tidy(() => model.forward(x).argMax(1).equal(y).mean().dataSync()[0] as number);
      const attacked = await pgd(model, images, y, attack, 1);
      return { clean: right(images), robust: right(attacked), report };
    };
    const standard = await trained({});
    expect(standard.clean).toBeGreaterThan(0.95);
    expect(standard.robust).toBeLessThan(0.3);
    const robust = await trained({ adversarial });
    expect(robust.clean).toBeGreaterThan(0.75);
    expect(robust.robust).toBeGreaterThan(0.7);
    // What it reports is accuracy under attack, not on the images as they are.
    expect(robust.report?.trainAccuracy).toBeLessThan(0.9);
    data.dispose();
  });

  it('is standard training at epsilon 0, running statistics included', async () => {
    const [standard, robust] = [toyNetwork(), toyNetwork()];
    await train(standard);
    await train(robust, { adversarial: { ...adversarial, epsilon: 0 } });
    for (const [name, { data }] of standard.weights()) {
      const other = robust.weights().get(name)?.data as Float32Array;
      const apart = Math.max(...data.map((value, i) => Math.abs(value - (other[i] as number))));
      expect(apart, name).toBeLessThan(1e-3);
    }
  });

  it('descends on the loss at what PGD finds against the model as it evaluates', async () => {
    const [model, data] = [toyNetwork(), toyDataset()];
    const all = tf.range(0, 64, 1, 'int32') as tf.Tensor1D;
    const [x, y] = [data.images(all), data.labels(all)];
    const params = { ...adversarial, randomStart: false };
    const found = await pgd(model, x, y, { ...params, targeted: false, restarts: 1, gradientSamples: 1 }, 1);
    const before = model.weights();
    const expected = crossEntropy(model.forward(found, 'training'), y).mean().dataSync()[0] as number;
    const clean = crossEntropy(model.forward(x, 'training'), y).mean().dataSync()[0] as number;
    model.loadWeights(before);
    const { lastEpoch: report } = await train(model, {
      epochs: 1,
      batchSize: 64,
      augmentation: 'none',
      adversarial: params,
    });
    expect(report?.loss).toBeCloseTo(expected, 4);
    expect(Math.abs(clean - expected)).toBeGreaterThan(1e-2);
  });

  it('resumed, ends in the same bytes as one that never stopped', async () => {
    const whole = toyNetwork();
    await train(whole, { adversarial });
    let saved: TrainingCheckpoint | undefined;
    const aborter = new AbortController();
    const interrupted = train(
      toyNetwork(),
      { adversarial },
      {
        signal: aborter.signal,
        checkpointEvery: { steps: 3 },
        saveCheckpoint: (checkpoint: TrainingCheckpoint) => {
          saved = structuredClone(checkpoint);
        },
        onStep: ({ step }: { step: number }) => {
          if (step === 7) aborter.abort(new Error('killed'));
        },
      },
    );
    await expect(interrupted).rejects.toThrow('killed');
    expect(saved?.step).toBe(6);
    const resumed = toyNetwork(99);
    await train(resumed, { adversarial }, { resumeFrom: saved ?? null });
    expect(bytes(resumed)).toEqual(bytes(whole));
  });

  it('in bfloat16 stays close to float32, and leaves no tensors behind', async () => {
    const [wide, narrow] = [toyNetwork(), toyNetwork()];
    const constant = { adversarial, epochs: 1, learningRate: 0.01, schedule: { kind: 'constant' } } as const;
    const { lastEpoch: exact } = await train(wide, constant);
    const before = tf.memory().numTensors;
    const { lastEpoch: rounded } = await train(narrow, { ...constant, precision: 'bfloat16' });
    expect(tf.memory().numTensors).toBe(before);
    expect(Math.abs((rounded?.loss as number) - (exact?.loss as number))).toBeLessThan(0.05);
  });
});
