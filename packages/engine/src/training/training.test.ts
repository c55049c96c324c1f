import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { accuracy } from '../metrics/accuracy.js';
import { predict } from '../metrics/predict.js';
import { freezeModel } from '../models/freeze.js';
import type { Model } from '../models/model.js';
import { deriveSeed } from '../random/derive-seed.js';
import { permutation } from '../random/permutation.js';
import {
  brightQuarters,
  toyClasses,
  toyDataset,
  toyExamples,
  toyNetwork,
  toyParams,
} from './bright-quarters.fixture.js';
import type { TrainingCheckpoint } from './checkpoint.js';
import { deviceDataset } from './device-dataset.js';
import { learningRateAt } from './schedule.js';
import { type TrainingOptions, trainClassifier } from './train-classifier.js';

beforeAll(async () => {
  await startTestEngine();
});

const train = (model: Model, change: Partial<TrainingOptions> = {}) =>
  trainClassifier({ model, dataset: toyDataset(), params: toyParams, seed: 5, ...change });
const bytes = (model: Model) =>
  [...model.weights()].map(([name, { data }]) => [name, Buffer.from(data.buffer).toString('hex')]);

describe('deviceDataset', () => {
  it.each([
    ['whole words', [8, 8, 3] as const],
    ['padded words', [3, 3, 1] as const],
  ])('gives back uint8 images in [0,1] by index, %s', (_, shape) => {
    const size = shape[0] * shape[1] * shape[2];
    const images = Uint8Array.from({ length: 5 * size }, (_, i) => (i * 37) % 256);
    const data = deviceDataset(images, shape, Int32Array.of(3, 1, 4, 1, 5));
    const indices = tf.tensor1d([4, 0, 4], 'int32');
    expect(data.images(indices).shape).toEqual([3, ...shape]);
    const expected = [4, 0, 4].flatMap((i) =>
      [...images.subarray(i * size, (i + 1) * size)].map((v) => Math.fround(v / 255)),
    );
    expect([...data.images(indices).dataSync()]).toEqual(expected);
    expect([...data.labels(indices).dataSync()]).toEqual([5, 3, 5]);
    data.dispose();
  });

  it('keeps float32 images exactly, and refuses lengths that do not fit', () => {
    const images = Float32Array.from({ length: 2 * 12 }, (_, i) => i / 100);
    const data = deviceDataset(images, [2, 2, 3], Int32Array.of(0, 1));
    expect(data.images(tf.tensor1d([1], 'int32')).dataSync()).toEqual(images.slice(12));
    expect(() => deviceDataset(images, [2, 2, 3], Int32Array.of(0))).toThrow(/24 pixels/);
  });
});

describe('learningRateAt', () => {
  const rates = (schedule: Parameters<typeof learningRateAt>[1]) =>
    Array.from({ length: 10 }, (_, step) =>
      learningRateAt(1, schedule, { step, stepsPerEpoch: 2, epochs: 5 }),
    );
  it('follows the schedules', () => {
    expect(rates({ kind: 'constant' })).toEqual(new Array(10).fill(1));
    expect(rates({ kind: 'step', everyEpochs: 2, factor: 0.5 })).toEqual([
      1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25,
    ]);
    const linear = rates({ kind: 'linear', warmupFraction: 0.2 });
    expect(linear.map((rate) => Number(rate.toFixed(4)))).toEqual([
      0.25, 0.75, 0.9375, 0.8125, 0.6875, 0.5625, 0.4375, 0.3125, 0.1875, 0.0625,
    ]);
    expect(rates({ kind: 'linear', warmupFraction: 0 })[0]).toBeCloseTo(0.95);
  });
});

describe('trainClassifier', () => {
  it('overfits a few images, in training and as the frozen model sees them', async () => {
    const model = toyNetwork();
    const last = await train(model, { params: { ...toyParams, epochs: 25, augmentation: 'none' } });
    expect(last.lastEpoch?.trainAccuracy).toBeGreaterThan(0.98);
    const frozen = freezeModel(model);
    const { labels } = brightQuarters();
    const found = await predict(frozen, toyDataset(), { batchSize: 24 });
    expect(accuracy(found, labels).accuracy).toBeGreaterThan(0.98);
    // The model not frozen predicts the same.
    expect(await predict(model, toyDataset(), { batchSize: 24 })).toEqual(found);
  });

  it('takes exactly the steps of SGD with Nesterov momentum and weight decay', async () => {
    // One step of momentum 0 is w - rate · (gradient + decay · w): compare with tfjs's own gradient.
    const model = toyNetwork();
    const before = model.weights();
    const data = toyDataset();
    const all = tf.tensor1d(permutation(toyExamples, deriveSeed(5, 'order', 0)), 'int32');
    const gradient = tf.variableGrads(
      () =>
        tf
          .logSoftmax(model.forward(data.images(all), 'training'))
          .mul(tf.oneHot(data.labels(all), toyClasses))
          .sum(1)
          .neg()
          .mean() as tf.Scalar,
      model.trainableVariables,
    ).grads;
    model.loadWeights(before);
    const [momentum, rate, decay] = [0.5, 0.1, 0.01];
    await train(model, {
      params: {
        ...toyParams,
        epochs: 1,
        batchSize: toyExamples,
        learningRate: rate,
        momentum,
        weightDecay: decay,
        augmentation: 'none',
        schedule: { kind: 'constant' },
      },
    });
    const after = model.weights();
    for (const name of ['layers.0.kernel', 'layers.3.body.1.scale', 'classifier.kernel']) {
      const variable = model.parameter(name);
      const w = before.get(name)?.data as Float32Array;
      const g = gradient[variable.name]?.dataSync() as Float32Array;
      const penalty = name.endsWith('kernel') ? decay : 0;
      const expected = w.map(
        (value, i) => value - rate * (1 + momentum) * ((g[i] as number) + penalty * value),
      );
      const apart = (other: Float32Array) =>
        Math.max(...expected.map((value, i) => Math.abs(value - (other[i] as number))));
      expect(apart(after.get(name)?.data as Float32Array)).toBeLessThan(0.01 * apart(w));
    }
  });

  it('is a function of its seed', async () => {
    const [a, b, c] = [toyNetwork(), toyNetwork(), toyNetwork()];
    await train(a);
    await train(b);
    await train(c, { seed: 6 });
    expect(bytes(a)).toEqual(bytes(b));
    expect(bytes(a)).not.toEqual(bytes(c));
  });

  it.each([
    ['at the end of an epoch', {}, 4],
    ['within an epoch', { checkpointEvery: { steps: 3 } }, 6],
  ])('resumed %s, ends in the same bytes as one that never stopped', async (_, change, stopAt) => {
    const whole = toyNetwork();
    const report = await train(whole, change);

    let saved: TrainingCheckpoint | undefined;
    const aborter = new AbortController();
    const interrupted = train(toyNetwork(), {
      ...change,
      signal: aborter.signal,
      saveCheckpoint: (checkpoint) => {
        saved = structuredClone(checkpoint);
      },
      onStep: ({ step }) => {
        if (step === stopAt + 1) aborter.abort(new Error('killed'));
      },
    });
    await expect(interrupted).rejects.toThrow('killed');
    expect(saved?.step).toBe(stopAt);

    const resumed = toyNetwork(99); // other weights: all must come from the checkpoint
    const resumedReport = await train(resumed, { ...change, resumeFrom: saved ?? null });
    expect(bytes(resumed)).toEqual(bytes(whole));
    expect(resumedReport.lastEpoch?.loss).toBe(report.lastEpoch?.loss);
    expect(resumedReport.lastEpoch?.trainAccuracy).toBe(report.lastEpoch?.trainAccuracy);
  });

  it('reports epochs, leaves no tensors behind over 200 steps, and lets the event loop live', async () => {
    const [model, data] = [toyNetwork(), toyDataset()];
    const epochs: number[] = [];
    const run = (epochCount: number) =>
      trainClassifier({
        model,
        dataset: data,
        params: { ...toyParams, epochs: epochCount },
        seed: 1,
        onEpoch: ({ epoch, examplesPerSecond }) => {
          epochs.push(epoch);
          expect(examplesPerSecond).toBeGreaterThan(0);
        },
      });
    await run(1);
    const before = tf.memory().numTensors;
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await run(50);
    clearInterval(timer);
    expect(tf.memory().numTensors).toBe(before);
    expect(epochs.at(-1)).toBe(50);
    expect(ticks).toBeGreaterThan(20);
  });
});
