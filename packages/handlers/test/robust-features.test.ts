import {
  type ArtifactStore,
  createArtifactStore,
  MemoryBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import type { JobResult } from '@toogit/catalogue';
import { startEngine, tf } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { CheckpointInMemory, KeepEverything, runHandler } from './run-handler.js';
import {
  evaluated,
  inBlocks,
  inversion,
  meta,
  pgd,
  robustTraining,
  tensorsOf,
  trained,
  training,
  valuesOf,
} from './tiny-experiment.js';

let artifacts: ArtifactStore;
let trainSet: StoredManifest;
let testSet: StoredManifest;
let standard: StoredManifest;
let robust: StoredManifest;

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
  artifacts = createArtifactStore(new MemoryBlobStore());
  trainSet = await storeSyntheticDataset(artifacts, { examples: 160, split: 'train', seed: 1 });
  testSet = await storeSyntheticDataset(artifacts, { examples: 40, split: 'test', seed: 2 });
  standard = await trained(artifacts, trainSet, 1);
  robust = await trained(artifacts, trainSet, 1, robustTraining);
});

async function robustAccuracy(model: StoredManifest): Promise<number> {
  const inputs = { sourceModel: [model], dataset: [testSet] };
  const params = { ...pgd, epsilon: 0.5, stepSize: 0.2, targets: 'none' as const };
  const blocks = await inBlocks('attack', artifacts, params, inputs, { counts: [40] });
  const { adversarial } = meta<JobResult<'evaluate'>>(await evaluated(artifacts, model, testSet, blocks));
  return adversarial?.robust.accuracy as number;
}

describe('robust training', () => {
  it('withstands the attack that breaks standard training', async () => {
    expect(await robustAccuracy(robust)).toBeGreaterThan((await robustAccuracy(standard)) + 0.2);
  });

  it('says in its metrics against what it is robust', async () => {
    const { metrics } = await runHandler(
      'train',
      artifacts,
      { ...robustTraining, epochs: 1 },
      { dataset: [trainSet] },
    );
    expect(metrics[0]).toMatchObject({ name: 'trainLoss', context: { norm: 'l2', epsilon: 0.5, steps: 3 } });
  });

  it('goes on from its checkpoint to the same bytes', async () => {
    const inputs = { dataset: [trainSet] };
    const checkpoint = new CheckpointInMemory();
    const interrupt = new AbortController();
    const first = runHandler('train', artifacts, robustTraining, inputs, {
      checkpoint,
      signal: interrupt.signal,
      onProgress: (done) => {
        if (done > 160 + 40) interrupt.abort();
      },
    });
    await expect(first).rejects.toThrow(/abort/i);
    expect(checkpoint.saved).toMatchObject({ step: 5 });
    const rest = await runHandler('train', artifacts, robustTraining, inputs, { checkpoint });
    expect(rest.stored.digest).toBe(robust.digest);
  });
});

describe('a linear probe', () => {
  it("trains nothing but the last layer, from the job's own start", async () => {
    const params = { ...training, epochs: 20, augmentation: 'none' as const };
    const probe = await trained(artifacts, trainSet, 7, params, [standard]);
    const [before, after] = [
      await tensorsOf(artifacts, standard, 'weights'),
      await tensorsOf(artifacts, probe, 'weights'),
    ];
    const changed = Object.keys(before).filter(
      (name) => valuesOf(before, name).join() !== valuesOf(after, name).join(),
    );
    expect(changed.every((name) => name.startsWith('classifier.'))).toBe(true);
    expect(changed).toContain('classifier.kernel');
    expect(meta<JobResult<'train'>>(probe).finalTrainAccuracy).toBeGreaterThan(0.5);
  });
});

describe('inversion', () => {
  const inverted = (model: StoredManifest, options: { counts: number[]; reversed?: boolean }, start = {}) =>
    inBlocks(
      'invert',
      artifacts,
      { ...inversion, ...start },
      { model: [model], dataset: [trainSet] },
      options,
    );
  const digests = (blocks: StoredManifest[]) => blocks.map(({ digest }) => digest);

  it('comes nearer to the representation, and says how near', async () => {
    const [block] = await inverted(robust, { counts: [48] });
    const facts = meta<JobResult<'invert'>>(block as StoredManifest);
    expect(facts.meanDistance).toBeLessThan(0.5 * facts.meanStartDistance);
    const columns = await tensorsOf(artifacts, block as StoredManifest);
    const distances = valuesOf(columns, 'representationDistance');
    expect(facts.maxDistance).toBe(Math.max(...distances));
    expect(valuesOf(columns, 'sourceIndex')).toEqual(Array.from({ length: 48 }, (_, index) => index));
    valuesOf(columns, 'startIndex').forEach((other, index) => {
      expect(other).not.toBe(index);
    });
  });

  it('gives the same bytes whichever block runs first', async () => {
    const forwards = await inverted(standard, { counts: [40, 40] });
    expect(digests(await inverted(standard, { counts: [40, 40], reversed: true }))).toEqual(
      digests(forwards),
    );
  });

  it.each(['other-image', 'noise'] as const)(
    'starts from the same %s however blocks are cut',
    async (start) => {
      const startOf = async (counts: number[]) => {
        const blocks = await inverted(standard, { counts }, { start, steps: 1, stepSize: 1e-9 });
        const parts = await Promise.all(blocks.map((block) => tensorsOf(artifacts, block, 'images')));
        const columns = await Promise.all(blocks.map((block) => tensorsOf(artifacts, block)));
        return {
          images: parts.flatMap((tensors) =>
            valuesOf(tensors, 'images').map((value) => Math.round(value * 1e5)),
          ),
          startIndex: columns.flatMap((tensors) => valuesOf(tensors, 'startIndex')),
        };
      };
      const whole = await startOf([12]);
      expect(await startOf([5, 7])).toEqual(whole);
      expect(new Set(whole.startIndex).has(-1)).toBe(start === 'noise');
    },
  );

  it('becomes a training set that shares the images and keeps the labels', async () => {
    const invertedExamples = await inverted(robust, { counts: [64, 96] });
    const { stored, metrics } = await runHandler(
      'synthesize',
      artifacts,
      { construction: 'd_robust' },
      { dataset: [trainSet], invertedExamples: invertedExamples.toReversed() },
    );
    const facts = meta<JobResult<'synthesize'>>(stored);
    expect(facts).toMatchObject({ name: 'd_robust', examples: 160, labelsKept: 1, attack: null, inversion });
    expect(metrics[0]).toMatchObject({ name: 'representationDistance', value: facts.meanDistance, n: 160 });
    const columns = await tensorsOf(artifacts, stored);
    const original = await tensorsOf(artifacts, trainSet);
    expect(valuesOf(columns, 'labels')).toEqual(valuesOf(original, 'labels'));
    const images = stored.manifest.parts.filter(({ name }) => name.startsWith('images-'));
    expect(images.map(({ sha256 }) => sha256)).toEqual(
      invertedExamples.map(({ manifest }) => manifest.parts[0]?.sha256),
    );
    const model = await trained(artifacts, stored, 3);
    expect(meta<JobResult<'train'>>(model)).toMatchObject({ trainedOn: 'd_robust', trainExamples: 160 });
  });

  it('leaves nothing on the device but what is cached, finished or aborted', async () => {
    const deviceCache = new KeepEverything();
    const inputs = { model: [standard], dataset: [trainSet] };
    const params = { ...inversion, steps: 2, block: { start: 0, count: 16 } };
    await runHandler('invert', artifacts, params, inputs, { deviceCache });
    const kept = tf.memory().numTensors;
    await runHandler('invert', artifacts, params, inputs, { deviceCache });
    const interrupt = new AbortController();
    const options = { deviceCache, signal: interrupt.signal, onProgress: () => interrupt.abort() };
    await expect(runHandler('invert', artifacts, params, inputs, options)).rejects.toThrow(/abort/i);
    expect(tf.memory().numTensors).toBe(kept);
  });
});
