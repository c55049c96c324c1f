import {
  type ArtifactStore,
  createArtifactStore,
  MemoryBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import type { JobResult } from '@toogit/catalogue';
import { startEngine } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { runHandler } from './run-handler.js';
import { evaluated, inBlocks, meta, pgd, tensorsOf, trained, training, valuesOf } from './tiny-experiment.js';

const strong = { ...pgd, epsilon: 1.5, stepSize: 0.4 };
const names = ['narrow', 'wide'];

let artifacts: ArtifactStore;
let testSet: StoredManifest;
let models: StoredManifest[];
let attacks: StoredManifest[][];

const attacked = (model: StoredManifest, nonTransferModels: StoredManifest[] = [], params = strong) =>
  inBlocks(
    'attack',
    artifacts,
    params,
    { sourceModel: [model], dataset: [testSet], nonTransferModels },
    { counts: [24, 16] },
  );

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
  artifacts = createArtifactStore(new MemoryBlobStore());
  const trainSet = await storeSyntheticDataset(artifacts, { examples: 160, split: 'train', seed: 1 });
  testSet = await storeSyntheticDataset(artifacts, { examples: 40, split: 'test', seed: 2 });
  models = [
    await trained(artifacts, trainSet, 1),
    await trained(artifacts, trainSet, 2, { ...training, width: 0.125 }),
  ];
  attacks = await Promise.all(models.map((model) => attacked(model)));
});

const matrix = (adversarialExamples: StoredManifest[]) =>
  runHandler(
    'transfer-matrix',
    artifacts,
    { names, batchSize: 16 },
    { models, dataset: [testSet], adversarialExamples },
  );

describe('the transfer matrix', () => {
  it('holds what evaluations say: success on the diagonal, transfer beside it', async () => {
    const { stored, metrics } = await matrix(attacks.flat().toReversed());
    const { transfer, architectures, split } = meta<JobResult<'transfer-matrix'>>(stored);
    expect({ architectures, split }).toEqual({ architectures: ['resnet9', 'resnet9'], split: 'test' });
    for (const [source, blocks] of attacks.entries()) {
      for (const [column, model] of models.entries()) {
        const { adversarial } = meta<JobResult<'evaluate'>>(
          await evaluated(artifacts, model, testSet, blocks),
        );
        expect(transfer[source]?.[column]).toEqual(adversarial?.attackSuccess);
        expect(adversarial?.whiteBox).toBe(source === column);
      }
    }
    expect(transfer[0]?.[0]?.value).toBeGreaterThan(0.5);
    expect(metrics.map(({ name }) => name)).toEqual([
      'attackSuccessRate',
      'transferRate',
      'transferRate',
      'attackSuccessRate',
    ]);
    const rates = valuesOf(await tensorsOf(artifacts, stored, 'rates'), 'transfer');
    expect(rates).toEqual(transfer.flat().map((rate) => Math.fround(rate?.value ?? Number.NaN)));
  });

  it('refuses a model that nothing attacks, and attacks that differ', async () => {
    const [own = [], other = []] = attacks;
    await expect(matrix(own)).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    const weaker = await attacked(models[1] as StoredManifest, [], { ...strong, steps: 1 });
    await expect(matrix([...own, ...weaker])).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    await expect(matrix([...own, ...other])).resolves.toBeDefined();
  });
});

describe('an attack that must not transfer to a model', () => {
  it('reaches its targets in the source model and keeps the other where it was', async () => {
    const [source, spared] = models as [StoredManifest, StoredManifest];
    const accuracyOf = async (model: StoredManifest, blocks: StoredManifest[]) =>
      meta<JobResult<'evaluate'>>(await evaluated(artifacts, model, testSet, blocks)).adversarial;
    const sparing = await attacked(source, [spared]);
    const plain = await accuracyOf(spared, attacks[0] as StoredManifest[]);
    const kept = await accuracyOf(spared, sparing);
    expect(kept?.robust.accuracy).toBeGreaterThan(plain?.robust.accuracy as number);
    expect((await accuracyOf(source, sparing))?.attackSuccess?.value).toBeGreaterThan(0.5);
    expect(sparing.map(({ digest }) => digest)).toEqual(
      (await attacked(source, [spared])).map(({ digest }) => digest),
    );
  });
});
