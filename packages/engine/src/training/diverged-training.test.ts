import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { createModel, type Model } from '../models/model.js';
import { toyClasses, toyDataset, toyNetwork, toyParams } from './bright-quarters.fixture.js';
import type { TrainingCheckpoint } from './checkpoint.js';
import { assertFinite } from './divergence.js';
import { judge } from './examine.js';
import { type TrainingOptions, trainClassifier } from './train-classifier.js';
import type { TrainingParams } from './training-params.js';

beforeAll(async () => {
  await startTestEngine();
});

const constant = { ...toyParams, schedule: { kind: 'constant' } } as const;
const oneStep = { ...constant, epochs: 1, batchSize: 64 } as const;
/** No batch norm, which would undo the size of the weights before it. */
const plainNetwork = (): Model =>
  createModel({
    architecture: 'cnn',
    width: 0.125,
    inputShape: [8, 8, 3],
    numClasses: toyClasses,
    mean: [0.25, 0.25, 0.25],
    std: [0.2, 0.2, 0.2],
    seed: 1,
  });
const adversarial = { norm: 'linf', epsilon: 0.03, stepSize: 0.01, steps: 2, randomStart: false } as const;

function train(model: Model, params: TrainingParams, rest: Partial<TrainingOptions> = {}) {
  const dataset = toyDataset();
  return trainClassifier({ model, dataset, params, seed: 5, ...rest }).finally(() => dataset.dispose());
}

describe('a training that diverges fails, and saves nothing of it', () => {
  it.each<[string, () => Model, Partial<TrainingParams>]>([
    ['by its one step', plainNetwork, { learningRate: 1e30 }],
    ['to finite weights and logits that overflow', plainNetwork, { learningRate: 1e15 }],
    ['with batch norm', toyNetwork, { learningRate: 1e30 }],
    ['in bfloat16', plainNetwork, { learningRate: 1e20, precision: 'bfloat16' }],
    ['by its weight decay', plainNetwork, { weightDecay: 1e38 }],
    ['under attack', plainNetwork, { learningRate: 1e30, adversarial }],
    ['as a linear probe', toyNetwork, { learningRate: 1e30, trainable: 'classifier', augmentation: 'none' }],
    ['as a linear probe of augmented images', toyNetwork, { learningRate: 1e30, trainable: 'classifier' }],
  ])('%s', async (_, network, change) => {
    const saved: TrainingCheckpoint[] = [];
    const saveCheckpoint = (checkpoint: TrainingCheckpoint) => void saved.push(checkpoint);
    const run = train(network(), { ...oneStep, ...change }, { saveCheckpoint });
    await expect(run).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
      message: expect.stringContaining('in epoch 1 of 1 (step 1 of 1'),
    });
    const at = { epoch: 1, epochs: 1, step: 1, steps: 1, lastCheckpoint: null };
    for (const { tensors } of saved) expect(() => assertFinite(tensors, at)).not.toThrow();
  });

  it('names the epoch, and the last checkpoint that is good', async () => {
    const schedule = { kind: 'step', everyEpochs: 2, factor: 1e38 } as const;
    const run = train(plainNetwork(), { ...constant, epochs: 5, schedule }, { saveCheckpoint: () => {} });
    await expect(run).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
      message: expect.stringMatching(/in epoch 3 of 5 .*last good checkpoint after step 8\)/),
    });
  });
});

describe('what a trained model is told to be', () => {
  const labels = Int32Array.from({ length: 500 }, (_, i) => i % 10);
  const repeat = (of: (i: number) => number) =>
    judge(
      labels.map((_, i) => of(i)),
      labels,
    );

  it('collapsed where it predicts one class', () => {
    const { collapsed, predictedClasses, trainEvaluation } = repeat(() => 3);
    expect({ collapsed, predictedClasses }).toEqual({ collapsed: true, predictedClasses: 1 });
    expect(trainEvaluation).toMatchObject({ n: 500, correct: 50, accuracy: 0.1 });
  });

  it('collapsed where it is right no more often than by chance', () => {
    expect(repeat((i) => (i * 7 + Math.floor(i / 10)) % 10).collapsed).toBe(true);
    expect(repeat((i) => (i < 64 ? i % 10 : (i + 1) % 10)).collapsed).toBe(true);
    expect(repeat((i) => (i < 150 ? i % 10 : (i + 1) % 10)).collapsed).toBe(false);
  });

  it('collapsed where the commonest class is all it knows', () => {
    const skewed = Int32Array.from({ length: 500 }, (_, i) => (i < 450 ? 0 : 1));
    expect(
      judge(
        skewed.map((_, i) => (i === 0 ? 1 : 0)),
        skewed,
      ).collapsed,
    ).toBe(true);
    expect(judge(skewed, skewed).collapsed).toBe(false);
  });

  it('not collapsed where there is one class only', () => {
    expect(judge(new Int32Array(20), new Int32Array(20)).collapsed).toBe(false);
  });

  it('comes with every training', async () => {
    const good = await train(toyNetwork(), { ...toyParams, epochs: 15, augmentation: 'none' });
    expect(good).toMatchObject({ collapsed: false, predictedClasses: 4, trainEvaluation: { n: 64 } });
    const bad = await train(plainNetwork(), { ...oneStep, learningRate: 1e-6 });
    expect(bad.collapsed).toBe(true);
  });
});

describe('an epoch', () => {
  it('sees every example, in batches whose sizes differ by one at most', async () => {
    const dataset = toyDataset();
    const seen: number[] = [];
    const params = { ...toyParams, epochs: 2, batchSize: 50 };
    const { lastEpoch } = await trainClassifier({
      model: toyNetwork(),
      dataset,
      params,
      seed: 5,
      onStep: ({ examples }) => seen.push(examples),
    });
    expect(seen).toEqual([32, 64, 96, 128]);
    expect(lastEpoch?.epoch).toBe(2);
    dataset.dispose();
  });

  it('of sizes that differ resumes to the same bytes', async () => {
    const params = { ...toyParams, batchSize: 15, epochs: 2 };
    const whole = toyNetwork();
    await train(whole, params);
    let saved: TrainingCheckpoint | undefined;
    const aborter = new AbortController();
    const interrupted = train(toyNetwork(), params, {
      signal: aborter.signal,
      checkpointEvery: { steps: 3 },
      saveCheckpoint: (checkpoint) => {
        saved = structuredClone(checkpoint);
      },
      onStep: ({ step }) => step === 4 && aborter.abort(new Error('killed')),
    });
    await expect(interrupted).rejects.toThrow('killed');
    const resumed = toyNetwork(99);
    await train(resumed, params, { resumeFrom: saved ?? null });
    expect(resumed.weights()).toEqual(whole.weights());
  });
});
