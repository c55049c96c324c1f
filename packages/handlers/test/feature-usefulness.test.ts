import {
  type ArtifactStore,
  createArtifactStore,
  MemoryBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import type { FeaturePerturbation, JobResult } from '@toogit/catalogue';
import { createModel, startEngine, tf, type Weights } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { KeepEverything, runHandler } from './run-handler.js';
import { inBlocks, meta, tensorsOf, valuesOf } from './tiny-experiment.js';

const imageShape: [number, number, number] = [12, 12, 3];
const examples = 60;
const classes = 4;
const shape = {
  architecture: 'resnet18' as const,
  width: 0.0625,
  depth: null,
  numClasses: classes,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** Feature k of the network below: the mean over four pixels of these multiples of its channels. */
const multiples = [
  [1, 0, 0],
  [0, 1, 1],
  [1, 1, 1],
  [0.5, 0.2, 0.1],
];
/** What three shortcuts of stride 2 leave of twelve rows, and of twelve columns. */
const kept = [0, 8];

/**
 * A ResNet-18 that is linear where images are positive: no residual branch says anything, the stem looks at one pixel,
 * and the shortcuts pass four channels on. Its other features are dead.
 */
function linearWeights(initial: Weights): Weights {
  return new Map(
    [...initial].map(([name, weight]) => {
      if (!name.endsWith('kernel') || name.startsWith('classifier')) return [name, weight];
      const [height = 1, width = 1, inputs = 1, outputs = 1] = weight.shape;
      const center = Math.floor(height / 2) * width + Math.floor(width / 2);
      const data = new Float32Array(weight.data.length);
      for (let output = 0; output < Math.min(outputs, 4); output++) {
        for (let input = 0; input < inputs; input++) {
          const value = name === 'layers.0.kernel' ? multiples[output]?.[input] : Number(input === output);
          if (!name.includes('body')) data[(center * inputs + input) * outputs + output] = value ?? 0;
        }
      }
      return [name, { ...weight, data }];
    }),
  );
}

async function storeLinearModel(artifacts: ArtifactStore): Promise<StoredManifest> {
  const model = createModel({ ...shape, inputShape: imageShape, seed: 1 });
  const weights = linearWeights(model.weights());
  const facts: JobResult<'train'> = {
    ...shape,
    imageShape,
    parameterCount: model.parameterCount,
    trainedOn: 'nothing',
    trainExamples: 1,
    epochs: 1,
    batchSize: 1,
    finalTrainLoss: 0,
    finalTrainAccuracy: 0,
    trainEvaluation: { n: 1, correct: 1, accuracy: 1, ci95: [0, 1] },
    predictedClasses: 1,
    collapsed: false,
  };
  model.dispose();
  const part = await artifacts.writeTensors('weights', Object.fromEntries(weights));
  return artifacts.writeManifest({ type: 'model', parts: [part], meta: facts });
}

const perturbation: FeaturePerturbation = {
  norm: 'l2',
  epsilon: 0.1,
  stepSize: 0.1,
  steps: 2,
  precision: 'float32',
};

let artifacts: ArtifactStore;
let model: StoredManifest;
let dataset: StoredManifest;
let cut: StoredManifest[];

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
  artifacts = createArtifactStore(new MemoryBlobStore());
  model = await storeLinearModel(artifacts);
  dataset = await storeSyntheticDataset(artifacts, { examples, split: 'test', seed: 5 });
  cut = await responses([25, 35]);
});

const responses = (counts: number[]) =>
  inBlocks(
    'feature-responses',
    artifacts,
    { perturbation },
    { model: [model], dataset: [dataset] },
    { counts },
  );

/** Values of feature k, in the order of the examples. */
async function featureValues(k: number): Promise<number[]> {
  const parts = await Promise.all(
    ['images-0000', 'images-0001'].map((name) => tensorsOf(artifacts, dataset, name)),
  );
  const images = parts.flatMap((tensors) => valuesOf(tensors, 'images'));
  const pixel = (example: number, i: number, j: number, c: number) =>
    (images[((example * 12 + i) * 12 + j) * 3 + c] as number) / 255;
  return Array.from({ length: examples }, (_, example) =>
    kept
      .flatMap((i) =>
        kept.flatMap((j) => (multiples[k] ?? []).map((a, c) => (a * pixel(example, i, j, c)) / 4)),
      )
      .reduce((sum, value) => sum + value, 0),
  );
}

const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('usefulness of features that are linear', () => {
  let found: JobResult<'feature-usefulness'>;
  let stored: StoredManifest;
  beforeAll(async () => {
    const inputs = { responses: cut.toReversed() };
    stored = (await runHandler('feature-usefulness', artifacts, {}, inputs)).stored;
    found = meta(stored);
  });

  it.each([0, 1, 2, 3])('is what the closed form says, feature %i', async (k) => {
    const values = await featureValues(k);
    const mean = average(values);
    const deviation = Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
    const scaled = values.map((value) => (value - mean) / deviation);
    // The gradient is the same everywhere: four pixels, a quarter each.
    const reach = (perturbation.epsilon * Math.hypot(...(multiples[k] ?? []))) / 2 / deviation;
    const tensors = await tensorsOf(artifacts, stored, 'usefulness');
    const at = (name: string, label: number) => valuesOf(tensors, name)[k * classes + label];
    for (let label = 0; label < classes; label++) {
      // Labels of the synthetic set go round.
      const signed = scaled.map((value, example) => (example % classes === label ? value : -value));
      const rho = average(signed);
      const spread = Math.sqrt(average(signed.map((value) => (value - rho) ** 2)));
      expect(at('rho', label)).toBeCloseTo(rho, 3);
      expect(at('gamma', label)).toBeCloseTo(rho - reach, 3);
      expect(at('rhoError', label)).toBeCloseTo(spread / Math.sqrt(examples - 1), 3);
      expect(at('gammaError', label)).toBeCloseTo(spread / Math.sqrt(examples - 1), 3);
    }
  });

  it('leaves dead features out', async () => {
    expect(found).toMatchObject({ n: examples, features: 32, classes, trainedOn: 'nothing' });
    expect(found.points.map(({ feature }) => feature)).toEqual([0, 1, 2, 3]);
    expect(found.useful.n).toBe(4 * classes);
    const tensors = await tensorsOf(artifacts, stored, 'usefulness');
    expect(
      valuesOf(tensors, 'rho')
        .slice(4 * classes)
        .every(Number.isNaN),
    ).toBe(true);
  });

  it('counts what lies beyond the error, and takes the best class of each feature', async () => {
    const tensors = await tensorsOf(artifacts, stored, 'usefulness');
    const [rho, rhoError] = [valuesOf(tensors, 'rho'), valuesOf(tensors, 'rhoError')];
    const useful = rho.filter((value, at) => value > 1.96 * (rhoError[at] as number));
    expect(found.useful.count).toBe(useful.length);
    expect(useful.length).toBeGreaterThan(0);
    expect(found.usefulNotRobust.count + found.robustlyUseful.count).toBeLessThanOrEqual(useful.length);
    for (const { feature, rho: best } of found.points) {
      const own = rho.slice(feature * classes, (feature + 1) * classes);
      expect(best).toBeCloseTo(Math.max(...own), 5);
    }
  });
});

describe('feature responses', () => {
  it('add up to the same, however blocks are cut', async () => {
    const partsOf = (blocks: StoredManifest[]) =>
      Promise.all(blocks.map((block) => tensorsOf(artifacts, block, 'responses')));
    const [whole, first, second] = [...(await partsOf(await responses([60]))), ...(await partsOf(cut))];
    for (const name of ['counts', 'sum', 'sumLowest', 'sumHighestSquares']) {
      const rest = valuesOf(second ?? {}, name);
      const together = valuesOf(first ?? {}, name).map((value, i) => value + (rest[i] as number));
      const apart = valuesOf(whole ?? {}, name).map((value, i) => Math.abs(value - (together[i] as number)));
      expect(apart.length).toBeGreaterThan(0);
      expect(Math.max(...apart)).toBeLessThan(1e-3);
    }
  });

  it('leave nothing on the device but what is cached', async () => {
    const deviceCache = new KeepEverything();
    const params = { perturbation, block: { start: 0, count: 8 } };
    const run = () =>
      runHandler(
        'feature-responses',
        artifacts,
        params,
        { model: [model], dataset: [dataset] },
        { deviceCache },
      );
    const first = await run();
    const kept = tf.memory().numTensors;
    expect((await run()).stored.digest).toBe(first.stored.digest);
    expect(tf.memory().numTensors).toBe(kept);
  });
});
