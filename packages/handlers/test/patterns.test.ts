import {
  type ArtifactStore,
  createArtifactStore,
  MemoryBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import { type JobResult, patternNames } from '@toogit/catalogue';
import { startEngine, tf } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { KeepEverything, runHandler } from './run-handler.js';
import { inBlocks, meta, pgd, tensorsOf, trained, valuesOf } from './tiny-experiment.js';

const pixels = 12 * 12 * 3;
const classes = 4;
const params = { names: ['source', 'other'], amplification: 4, universalEpochs: 6, batchSize: 16 };
const attack = { ...pgd, epsilon: 1.5, stepSize: 0.4 };

let artifacts: ArtifactStore;
let dataset: StoredManifest;
let inputs: Record<string, StoredManifest[]>;
let stored: StoredManifest;
let found: JobResult<'patterns'>;

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
  artifacts = createArtifactStore(new MemoryBlobStore());
  dataset = await storeSyntheticDataset(artifacts, { examples: 120, split: 'train', seed: 1 });
  const [source, other] = [await trained(artifacts, dataset, 1), await trained(artifacts, dataset, 2)];
  const adversarialExamples = await inBlocks(
    'attack',
    artifacts,
    attack,
    { sourceModel: [source], dataset: [dataset] },
    { counts: [40, 40] },
  );
  inputs = {
    sourceModel: [source],
    dataset: [dataset],
    adversarialExamples: adversarialExamples.toReversed(),
    evaluatedModels: [source, other],
  };
  stored = (await runHandler('patterns', artifacts, params, inputs)).stored;
  found = meta(stored);
});

const patternOf = async (name: string, label: number) =>
  valuesOf(await tensorsOf(artifacts, stored, 'patterns'), name).slice(label * pixels, (label + 1) * pixels);
const norm = (values: number[]) => Math.hypot(...values);

describe('patterns', () => {
  it('have the mean of the perturbations toward each class', async () => {
    expect(found.perClass).toEqual([20, 20, 20, 20]);
    const originals = (
      await Promise.all(['images-0000', 'images-0001'].map((name) => tensorsOf(artifacts, dataset, name)))
    ).flatMap((tensors) => valuesOf(tensors, 'images'));
    const blocks = inputs.adversarialExamples?.toReversed() ?? [];
    const adversarial = (
      await Promise.all(blocks.map((block) => tensorsOf(artifacts, block, 'images')))
    ).flatMap((tensors) => valuesOf(tensors, 'images'));
    const label = 2;
    // The synthetic labels go round, and the attack is toward the next class.
    const attacked = Array.from({ length: 80 }, (_, index) => index).filter((i) => i % classes === label - 1);
    const expected = Array.from({ length: pixels }, (_, pixel) => {
      const moved = attacked.map((i) => {
        const at = i * pixels + pixel;
        return (adversarial[at] as number) - (originals[at] as number) / 255;
      });
      return moved.reduce((sum, value) => sum + value, 0) / attacked.length;
    });
    const mean = await patternOf('mean', label);
    const apart = mean.map((value, pixel) => Math.abs(value - (expected[pixel] as number)));
    expect(Math.max(...apart)).toBeLessThan(1e-6);
  });

  it('have perturbations within epsilon, the universal one of some success', async () => {
    for (const name of ['most-effective', 'universal']) {
      for (let label = 0; label < classes; label++) {
        const length = norm(await patternOf(name, label));
        expect(length).toBeGreaterThan(0.5);
        expect(length).toBeLessThan(attack.epsilon + 1e-4);
      }
    }
    expect(found.universalSuccess.map((success) => success?.n)).toEqual([60, 60, 60, 60]);
    const best = Math.max(...found.universalSuccess.map((success) => success?.value ?? 0));
    expect(best).toBeGreaterThan(0.3);
  });

  it('are shown on grey to every model, whose answers are counted', () => {
    expect(found.onGrey.map(({ pattern, model }) => `${pattern} ${model}`)).toEqual(
      patternNames.flatMap((pattern) => params.names.map((name) => `${pattern} ${name}`)),
    );
    for (const { predictedClass, recognised } of found.onGrey) {
      expect(recognised.n).toBe(classes);
      expect(recognised.count).toBe(predictedClass.filter((label, own) => label === own).length);
    }
    const universal = found.onGrey.find(
      ({ pattern, model }) => pattern === 'universal' && model === 'source',
    );
    expect(universal?.recognised.count).toBeGreaterThanOrEqual(2);
  });

  it('come as a gallery: a row a pattern, a column a class', async () => {
    const part = stored.manifest.parts.find(({ name }) => name === 'gallery.png');
    if (part === undefined) throw new Error('no gallery');
    expect(part.mediaType).toBe('image/png');
    const bytes = await artifacts.readBytes(part);
    const header = new DataView(bytes.buffer, bytes.byteOffset);
    expect([header.getUint32(16), header.getUint32(20)]).toEqual([4 * 14 + 2, 3 * 14 + 2]);
  });

  it('are the same bytes again, and leave nothing on the device but what is cached', async () => {
    const deviceCache = new KeepEverything();
    const again = () => runHandler('patterns', artifacts, params, inputs, { deviceCache });
    expect((await again()).stored.digest).toBe(stored.digest);
    const kept = tf.memory().numTensors;
    await again();
    expect(tf.memory().numTensors).toBe(kept);
  });

  it('are refused of untargeted attacks', async () => {
    const untargeted = await inBlocks(
      'attack',
      artifacts,
      { ...attack, targets: 'none', steps: 1 },
      { sourceModel: inputs.sourceModel ?? [], dataset: [dataset] },
      { counts: [8] },
    );
    await expect(
      runHandler('patterns', artifacts, params, { ...inputs, adversarialExamples: untargeted }),
    ).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
  });
});
