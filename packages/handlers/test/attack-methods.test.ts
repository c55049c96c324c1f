import {
  type ArtifactStore,
  createArtifactStore,
  MemoryBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import {
  type AttackName,
  type AttackParams,
  attackNames,
  attackOf,
  type JobResult,
  ownParametersOf,
  usualStepSize,
} from '@toogit/catalogue';
import { startEngine } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, expect, it } from 'vitest';
import { evaluated, inBlocks, meta, pgd, trained, training } from './tiny-experiment.js';

let artifacts: ArtifactStore;
let model: StoredManifest;
let images: StoredManifest;

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
  artifacts = createArtifactStore(new MemoryBlobStore());
  const trainSet = await storeSyntheticDataset(artifacts, { examples: 160, split: 'train', seed: 1 });
  images = await storeSyntheticDataset(artifacts, { examples: 40, split: 'test', seed: 2 });
  model = await trained(artifacts, trainSet, 1, { ...training, epochs: 6 });
});

/** As a step of the method has it, everything else left out. */
function settingsOf(method: AttackName, epsilon: number, own: Partial<AttackParams>): AttackParams {
  const { defaultSteps } = attackOf({ method });
  const steps = Math.min(defaultSteps, 20);
  const stepSize = usualStepSize({ method }, { epsilon, steps });
  const common = {
    ...pgd,
    norm: 'linf',
    epsilon,
    steps,
    stepSize,
    targets: 'none',
    randomStart: false,
  } as const;
  return { ...common, method, ...ownParametersOf({ method }), ...own };
}

async function robustAccuracy(
  method: AttackName,
  epsilon: number,
  own: Partial<AttackParams> = {},
): Promise<number> {
  const params = settingsOf(method, epsilon, own);
  const blocks = await inBlocks(
    'attack',
    artifacts,
    params,
    { sourceModel: [model], dataset: [images] },
    { counts: [25, 15] },
  );
  for (const block of blocks) {
    const { attack, maxNorm } = meta<JobResult<'attack'>>(block);
    expect(attack.method).toBe(method);
    expect(maxNorm).toBeGreaterThan(epsilon / 2);
    expect(maxNorm).toBeLessThanOrEqual(epsilon);
  }
  const evaluation = meta<JobResult<'evaluate'>>(await evaluated(artifacts, model, images, blocks));
  return evaluation.adversarial?.robust.accuracy as number;
}

it.each(attackNames)('%s lowers the accuracy, within the ball, by its defaults', async (method) => {
  const { clean } = meta<JobResult<'evaluate'>>(await evaluated(artifacts, model, images));
  expect(clean.accuracy).toBeGreaterThan(0.6);
  expect(await robustAccuracy(method, 0.3)).toBeLessThan(clean.accuracy - 0.3);
});

it('APGD leaves no more than PGD of as many steps', async () => {
  for (const epsilon of [0.03, 0.06, 0.1])
    expect(await robustAccuracy('apgd', epsilon)).toBeLessThanOrEqual(await robustAccuracy('pgd', epsilon));
});

it('the best of all iterates is stronger than the last where steps are long', async () => {
  const long = { stepSize: 0.1, steps: 5 };
  const last = await robustAccuracy('pgd', 0.05, long);
  expect(await robustAccuracy('pgd', 0.05, { ...long, bestIterate: true })).toBeLessThan(last);
});
