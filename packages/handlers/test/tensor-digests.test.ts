import {
  type ArtifactStore,
  createArtifactStore,
  MemoryBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import type { AttackParams, InversionParams, JobParams } from '@toogit/catalogue';
import { startEngine } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, expect, it } from 'vitest';
import { runHandler, type TestInput } from './run-handler.js';
import { inBlocks, inversion, pgd, robustTraining, trained, training } from './tiny-experiment.js';

/*
 * The tensors that every attack loop makes, on the plain-JavaScript device, which computes the same on every machine.
 * Where they change, stored results were made by another computation than new ones: so they change only on purpose,
 * with the version of their kind and a line in the changelog; then
 * `npx vitest run packages/handlers/test/tensor-digests.test.ts -u` writes the new ones.
 */

/** So small that plain JavaScript is done in seconds. */
const small = { width: 1 / 32, epochs: 2, batchSize: 4 };
const steps = { steps: 3 };
const block = { counts: [4] };

let artifacts: ArtifactStore;
let dataset: StoredManifest;
let sourceModel: StoredManifest;
let otherModel: StoredManifest;

const train = (seed: number, params: JobParams<'train'>) =>
  trained(artifacts, dataset, seed, { ...params, ...small });

beforeAll(async () => {
  await startEngine({ device: 'js' });
  artifacts = createArtifactStore(new MemoryBlobStore());
  dataset = await storeSyntheticDataset(artifacts, { examples: 8, split: 'train', seed: 1 });
  sourceModel = await train(1, training);
  otherModel = await train(2, training);
});

const lines = (job: string, made: StoredManifest[]) =>
  made
    .flatMap(({ manifest }) => manifest.parts)
    .filter(({ name }) => name !== 'gallery.png')
    .map(({ name, sha256 }) => `${job} ${name} ${sha256}`);

async function attacked(params: Partial<AttackParams>, nonTransferModels: TestInput[] = []) {
  const inputs = { sourceModel: [sourceModel], dataset: [dataset], nonTransferModels };
  return inBlocks('attack', artifacts, { ...pgd, ...steps, ...params }, inputs, block);
}

async function inverted(start: InversionParams['start']) {
  const inputs = { model: [sourceModel], dataset: [dataset] };
  return inBlocks('invert', artifacts, { ...inversion, ...steps, start }, inputs, block);
}

async function responses() {
  const perturbation = { norm: 'l2', epsilon: 0.5, stepSize: 0.2, ...steps, precision: 'float32' } as const;
  const inputs = { model: [sourceModel], dataset: [dataset] };
  return inBlocks('feature-responses', artifacts, { perturbation }, inputs, { counts: [2] });
}

const trainings: Record<string, JobParams<'train'>['adversarial']> = {
  none: null,
  'l2, random start': { norm: 'l2', epsilon: 0.5, stepSize: 0.2, steps: 2, randomStart: true },
  'linf, from the image': { norm: 'linf', epsilon: 0.1, stepSize: 0.05, steps: 2, randomStart: false },
};

const attacks: Record<string, Partial<AttackParams>> = {
  'l2, targeted, two random starts': { restarts: 2 },
  'linf, untargeted, from the image': {
    ...{ norm: 'linf', epsilon: 0.1, stepSize: 0.05, targets: 'none', randomStart: false },
  },
  'l2, two augmented copies': { gradientSamples: 2, randomStart: false },
  'linf, two augmented copies, two random starts': {
    ...{ norm: 'linf', epsilon: 0.1, stepSize: 0.05, gradientSamples: 2, restarts: 2 },
  },
};

it('makes the same tensors as before', { timeout: 240_000 }, async () => {
  const found: string[] = [];
  for (const [name, adversarial] of Object.entries(trainings)) {
    found.push(...lines(`train (${name})`, [await train(1, { ...robustTraining, adversarial })]));
  }
  for (const [name, params] of Object.entries(attacks)) {
    found.push(...lines(`attack (${name})`, await attacked(params)));
  }
  for (const restarts of [1, 2]) {
    const made = await attacked({ restarts }, [otherModel]);
    found.push(...lines(`attack (not to transfer to another model, random starts: ${restarts})`, made));
  }
  for (const start of ['other-image', 'noise'] as const) {
    found.push(...lines(`invert (from ${start})`, await inverted(start)));
  }
  found.push(...lines('feature-responses', await responses()));
  const { stored } = await runHandler(
    'patterns',
    artifacts,
    { names: ['source'], amplification: 4, universalEpochs: 1, batchSize: 3 },
    {
      sourceModel: [sourceModel],
      dataset: [dataset],
      adversarialExamples: await attacked({}),
      evaluatedModels: [sourceModel],
    },
  );
  found.push(...lines('patterns', [stored]));
  await expect(`${found.join('\n')}\n`).toMatchFileSnapshot('tensor-digests.txt');
});
