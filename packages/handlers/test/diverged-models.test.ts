import { createArtifactStore, MemoryBlobStore, type StoredManifest } from '@toogit/artifacts';
import { startEngine } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { runHandler } from './run-handler.js';
import { inversion, pgd, tensorsOf, trained } from './tiny-experiment.js';

const artifacts = createArtifactStore(new MemoryBlobStore());
const jobKey = 'the-training';
let dataset: StoredManifest;
let diverged: StoredManifest;

/** The same model with weights that are finite, and too large for anything it computes to be. */
async function overflowing(model: StoredManifest): Promise<StoredManifest> {
  const weights = await tensorsOf(artifacts, model, 'weights');
  const huge = Object.entries(weights).map(([name, tensor]) => [
    name,
    { ...tensor, data: Float32Array.from(tensor.data, (value) => value * 1e30) },
  ]);
  const part = await artifacts.writeTensors('weights', Object.fromEntries(huge));
  return artifacts.writeManifest({ ...model.manifest, parts: [part] });
}

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
  dataset = await storeSyntheticDataset(artifacts, { examples: 40, split: 'test', seed: 2 });
  diverged = await overflowing(await trained(artifacts, dataset, 1));
});

describe('a model whose logits are not finite', () => {
  const named = { code: 'VALUE_NOT_FINITE', message: expect.stringContaining(jobKey) };
  const model = () => [{ ...diverged, jobKey }];

  it('is not evaluated', async () => {
    const inputs = { evaluatedModel: model(), dataset: [dataset], adversarialExamples: [] };
    const run = runHandler('evaluate', artifacts, { batchSize: 16 }, inputs);
    await expect(run).rejects.toMatchObject(named);
  });

  it('is not attacked', async () => {
    const params = { ...pgd, steps: 2, block: { start: 0, count: 20 } };
    const run = runHandler('attack', artifacts, params, { sourceModel: model(), dataset: [dataset] });
    await expect(run).rejects.toMatchObject(named);
  });

  it('is not inverted: what is not finite is not stored', async () => {
    const params = { ...inversion, steps: 2, block: { start: 0, count: 20 } };
    const run = runHandler('invert', artifacts, params, { model: model(), dataset: [dataset] });
    await expect(run).rejects.toMatchObject({ code: 'VALUE_NOT_FINITE' });
  });
});
