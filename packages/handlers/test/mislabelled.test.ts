import {
  type ArtifactStore,
  createArtifactStore,
  MemoryBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import { type JobResult, jobWarnings } from '@toogit/catalogue';
import { startEngine } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { runHandler } from './run-handler.js';
import { evaluated, meta, tensorsOf, trained, training, valuesOf } from './tiny-experiment.js';

const pixels = 12 * 12 * 3;
let artifacts: ArtifactStore;
let dataset: StoredManifest;

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
  artifacts = createArtifactStore(new MemoryBlobStore());
  dataset = await storeSyntheticDataset(artifacts, { examples: 90, split: 'train', seed: 1 });
});

const mislabelled = (evaluation: StoredManifest) =>
  runHandler(
    'synthesize',
    artifacts,
    { construction: 'mislabelled' },
    { dataset: [dataset], evaluation: [evaluation] },
  );

const imagesOf = async (stored: StoredManifest) => {
  const names = stored.manifest.parts.map(({ name }) => name).filter((name) => name.startsWith('images-'));
  const parts = await Promise.all(names.map((name) => tensorsOf(artifacts, stored, name)));
  return parts.flatMap((tensors) => valuesOf(tensors, 'images'));
};

describe('a mislabelled set', () => {
  it("is exactly the model's mistakes, unperturbed, as the model took them", async () => {
    const hasty = await trained(artifacts, dataset, 1, { ...training, epochs: 1 });
    const evaluation = await evaluated(artifacts, hasty, dataset);
    const { stored } = await mislabelled(evaluation);
    const { clean } = meta<JobResult<'evaluate'>>(evaluation);
    expect(meta<JobResult<'synthesize'>>(stored)).toMatchObject({
      name: 'mislabelled',
      examples: clean.n - clean.correct,
      imageDtype: 'uint8',
      labelsKept: 0,
      attack: null,
      inversion: null,
    });
    const predictions = valuesOf(await tensorsOf(artifacts, evaluation, 'predictions'), 'clean');
    const truth = valuesOf(await tensorsOf(artifacts, dataset), 'labels');
    const mistakes = truth.flatMap((label, index) => (predictions[index] === label ? [] : [index]));
    const columns = await tensorsOf(artifacts, stored);
    expect(valuesOf(columns, 'sourceIndex')).toEqual(mistakes);
    expect(valuesOf(columns, 'labels')).toEqual(mistakes.map((index) => predictions[index]));
    expect(valuesOf(columns, 'originalLabels')).toEqual(mistakes.map((index) => truth[index]));
    const original = await imagesOf(dataset);
    expect(await imagesOf(stored)).toEqual(
      mistakes.flatMap((index) => original.slice(index * pixels, (index + 1) * pixels)),
    );
    const student = await trained(artifacts, stored, 2, { ...training, epochs: 1 });
    expect(meta<JobResult<'train'>>(student).trainedOn).toBe('mislabelled');
  });

  it('smaller than a batch is trained on as one batch, with a warning', async () => {
    const hasty = await trained(artifacts, dataset, 1, { ...training, epochs: 1 });
    const { stored } = await mislabelled(await evaluated(artifacts, hasty, dataset));
    const { examples } = meta<JobResult<'synthesize'>>(stored);
    const params = { ...training, epochs: 1, batchSize: examples + 1 };
    const result = meta<JobResult<'train'>>(await trained(artifacts, stored, 2, params));
    expect(result).toMatchObject({ trainExamples: examples, batchSize: examples });
    expect(jobWarnings({ kind: 'train', params, result })).toContainEqual(
      expect.objectContaining({ code: 'BATCH_LARGER_THAN_SET' }),
    );
  });

  it('is refused where there are too few mistakes, saying what to do', async () => {
    const labels = (await tensorsOf(artifacts, dataset)).labels;
    if (labels === undefined) throw new Error('no labels');
    const hasty = await trained(artifacts, dataset, 1, { ...training, epochs: 1 });
    const { manifest } = await evaluated(artifacts, hasty, dataset);
    const flawless = await artifacts.writeManifest({
      ...manifest,
      parts: [await artifacts.writeTensors('predictions', { clean: labels })],
    });
    await expect(mislabelled(flawless)).rejects.toMatchObject({
      code: 'SPEC_INVALID',
      message: expect.stringMatching(/wrong about 0 of the 90 examples.*fewer epochs/),
    });
  });
});
