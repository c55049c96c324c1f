import {
  type ArtifactStore,
  createArtifactStore,
  MemoryBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import type { AttackParams, JobParams, JobResult } from '@toogit/catalogue';
import { startEngine, tf } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { CheckpointInMemory, KeepEverything, type RunOptions, runHandler } from './run-handler.js';
import { evaluated, inBlocks, meta, pgd, tensorsOf, trained, training, valuesOf } from './tiny-experiment.js';

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
});

const newStore = (): ArtifactStore => createArtifactStore(new MemoryBlobStore());

/** The simple experiment in miniature; all digests and facts by name. */
async function simpleExperiment(artifacts: ArtifactStore, blocks: number[]) {
  const trainSet = await storeSyntheticDataset(artifacts, { examples: 160, split: 'train', seed: 1 });
  const testSet = await storeSyntheticDataset(artifacts, { examples: 40, split: 'test', seed: 2 });
  const sourceModel = await trained(artifacts, trainSet, 1);
  const adversarialExamples = await attackInBlocks(artifacts, sourceModel, trainSet, pgd, blocks);
  const { stored: dDet } = await runHandler(
    'synthesize',
    artifacts,
    { construction: 'd_det' },
    { dataset: [trainSet], adversarialExamples: adversarialExamples.toReversed() },
  );
  const newModel = await trained(artifacts, dDet, 2);
  const evaluation = await evaluated(artifacts, newModel, testSet);
  const white = await attackInBlocks(artifacts, newModel, testSet, { ...pgd, targets: 'none' }, [25, 15]);
  const robust = await evaluated(artifacts, newModel, testSet, white);
  const transfer = await evaluated(artifacts, sourceModel, testSet, white);
  return { trainSet, sourceModel, dDet, newModel, evaluation, robust, transfer, adversarialExamples };
}

const attackInBlocks = (
  artifacts: ArtifactStore,
  sourceModel: StoredManifest,
  dataset: StoredManifest,
  params: AttackParams,
  counts: number[],
) => inBlocks('attack', artifacts, params, { sourceModel: [sourceModel], dataset: [dataset] }, { counts });

const digests = (chain: Awaited<ReturnType<typeof simpleExperiment>>) =>
  Object.fromEntries(
    Object.entries(chain).map(([name, stored]) => [
      name,
      Array.isArray(stored) ? stored.map(({ digest }) => digest) : stored.digest,
    ]),
  );

describe('the simple experiment through the handlers', () => {
  let artifacts: ArtifactStore;
  let chain: Awaited<ReturnType<typeof simpleExperiment>>;

  beforeAll(async () => {
    artifacts = newStore();
    chain = await simpleExperiment(artifacts, [64, 64, 32]);
  });

  it('learns, and its adversarial examples reach their targets within epsilon', () => {
    const trained = meta<JobResult<'train'>>(chain.sourceModel);
    expect(trained.finalTrainAccuracy).toBeGreaterThan(0.6);
    expect(trained).toMatchObject({ collapsed: false, trainEvaluation: { n: trained.trainExamples } });
    const facts = meta<JobResult<'synthesize'>>(chain.dDet);
    expect(facts).toMatchObject({ name: 'd_det', examples: 160, imageDtype: 'float32', labelsKept: 0 });
    expect(facts.attackSuccess).toMatchObject({ n: 160 });
    expect(facts.attackSuccess?.value).toBeGreaterThan(0.5);
    expect(facts.maxNorm).toBeGreaterThan(0.5);
    expect(facts.maxNorm).toBeLessThanOrEqual(1 + 1e-5);
  });

  it('shares the images of the blocks and labels them with their targets, in order', async () => {
    const imageParts = chain.dDet.manifest.parts.filter(({ name }) => name.startsWith('images-'));
    const blockParts = chain.adversarialExamples.map(
      ({ manifest }) => manifest.parts.find(({ name }) => name === 'images')?.sha256,
    );
    expect(imageParts.map(({ sha256 }) => sha256)).toEqual(blockParts);
    const { labels, originalLabels, sourceIndex } = await tensorsOf(artifacts, chain.dDet);
    expect([...(sourceIndex?.data ?? [])]).toEqual(Array.from({ length: 160 }, (_, index) => index));
    expect([...(labels?.data ?? [])]).toEqual([...(originalLabels?.data ?? [])].map((y) => (y + 1) % 4));
  });

  it('tells white-box robustness from transfer', () => {
    const robust = meta<JobResult<'evaluate'>>(chain.robust);
    const transfer = meta<JobResult<'evaluate'>>(chain.transfer);
    expect(robust.adversarial).toMatchObject({ whiteBox: true, robust: { n: 40 } });
    expect(transfer.adversarial).toMatchObject({ whiteBox: false, robust: { n: 40 } });
    expect(robust.adversarial?.robust.accuracy).toBeLessThan(transfer.adversarial?.robust.accuracy as number);
    expect(robust.perClassAccuracy).toHaveLength(4);
  });

  it('states in the report what the evaluations found, beside examples', async () => {
    const { architecture, width, depth, epochs, learningRate, augmentation, adversarial } = training;
    const facts = { architecture, width, depth, epochs, learningRate, augmentation, adversarial };
    const origin = { seed: 1, point: '' };
    const row = { trainedOn: 'D_det', evaluatedOn: 'D', training: facts, evaluations: [0, 1], paper: null };
    const shown = { name: 'D_det', synthesized: 2, dataset: 3 };
    const params: JobParams<'report'> = {
      study: 'simple-experiment',
      profile: 'smoke',
      specDigest: 'abc',
      figures: [
        { kind: 'accuracy', title: null, rows: [{ ...origin, ...row }] },
        { kind: 'examples', title: null, rows: [{ ...origin, ...shown }] },
      ],
    };
    const sources = [chain.evaluation, chain.robust, chain.dDet, chain.trainSet];
    const { stored } = await runHandler('report', artifacts, params, { sources });
    const [accuracy, examples] = meta<JobResult<'report'>>(stored).figures;
    const { clean } = meta<JobResult<'evaluate'>>(chain.evaluation);
    expect(accuracy).toMatchObject({ chance: 0.25, rows: [{ clean, robust: [{ robust: { n: 40 } }] }] });
    expect(examples).toMatchObject({ rows: [{ name: 'D_det', artifact: chain.dDet.digest, examples: 160 }] });
    const html = stored.manifest.parts.find(({ name }) => name === 'report.html');
    if (html === undefined) throw new Error('no page');
    const page = new TextDecoder().decode(await artifacts.readBytes(html));
    // Original, adversarial and perturbation of one example a class.
    expect(page.match(/<img /g)).toHaveLength(3 * 4);
  });

  it('gives the same digests when run again', async () => {
    const again = await simpleExperiment(newStore(), [64, 64, 32]);
    expect(digests(again)).toEqual(digests(chain));
  });

  it('chooses random targets by example, whatever the blocks', async () => {
    const params: AttackParams = { ...pgd, targets: 'random', steps: 1 };
    const targets = async (counts: number[]) => {
      const blocks = await attackInBlocks(artifacts, chain.sourceModel, chain.trainSet, params, counts);
      const columns = await Promise.all(blocks.map((block) => tensorsOf(artifacts, block)));
      return columns.flatMap(({ targetLabels }) => [...(targetLabels?.data ?? [])]);
    };
    const whole = await targets([160]);
    expect(new Set(whole)).toEqual(new Set([0, 1, 2, 3]));
    expect(await targets([100, 60])).toEqual(whole);
  });

  it('only relabels where epsilon is 0', async () => {
    const params: AttackParams = { ...pgd, epsilon: 0, randomStart: false, steps: 1 };
    const [block] = await attackInBlocks(artifacts, chain.sourceModel, chain.trainSet, params, [20]);
    const columns = await tensorsOf(artifacts, block as StoredManifest);
    expect(new Set(valuesOf(columns, 'perturbationNorm'))).toEqual(new Set([0]));
    const images = valuesOf(await tensorsOf(artifacts, block as StoredManifest, 'images'), 'images');
    const originals = valuesOf(await tensorsOf(artifacts, chain.trainSet, 'images-0000'), 'images');
    expect(images.every((value, at) => value === Math.fround((originals[at] as number) / 255))).toBe(true);
  });

  it('refuses blocks with a gap between them', async () => {
    const [first, , last] = chain.adversarialExamples;
    const inputs = { dataset: [chain.trainSet], adversarialExamples: [first, last] as StoredManifest[] };
    await expect(
      runHandler('synthesize', artifacts, { construction: 'd_det' }, inputs),
    ).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
  });
});

describe('a training that is interrupted', () => {
  it('goes on from its checkpoint to the same bytes and the same metrics', async () => {
    const artifacts = newStore();
    const dataset = await storeSyntheticDataset(artifacts, { examples: 160, split: 'train', seed: 1 });
    const inputs = { dataset: [dataset] };
    const whole = await runHandler('train', artifacts, training, inputs);

    const checkpoint = new CheckpointInMemory();
    const interrupt = new AbortController();
    const first = runHandler('train', artifacts, training, inputs, {
      checkpoint,
      signal: interrupt.signal,
      onProgress: (done) => {
        if (done > 160 + 40) interrupt.abort();
      },
    });
    await expect(first).rejects.toThrow(/abort/i);
    expect(checkpoint.saved).toMatchObject({ step: 5 });

    const rest = await runHandler('train', artifacts, training, inputs, { checkpoint });
    expect(rest.stored.digest).toBe(whole.stored.digest);
    expect(rest.metrics).toEqual(whole.metrics);
    expect(rest.progress[0]?.done).toBe(6 * 32);
    expect(rest.metrics.filter(({ name }) => name === 'trainLoss').map(({ step }) => step)).toEqual([
      1, 2, 3,
    ]);
  });
});

describe('device memory', () => {
  it('holds nothing but what is cached after a job, finished or aborted', async () => {
    const artifacts = newStore();
    const dataset = await storeSyntheticDataset(artifacts, { examples: 64, split: 'train', seed: 1 });
    const deviceCache = new KeepEverything();
    const inputs = { dataset: [dataset] };
    const { stored: model } = await runHandler('train', artifacts, training, inputs, { deviceCache });
    const block = { ...pgd, block: { start: 0, count: 32 } };
    const jobs = (options: RunOptions) => [
      () => runHandler('train', artifacts, training, inputs, options),
      () => runHandler('attack', artifacts, block, { ...inputs, sourceModel: [model] }, options),
      () =>
        runHandler(
          'evaluate',
          artifacts,
          { batchSize: 16 },
          { ...inputs, evaluatedModel: [model], adversarialExamples: [] },
          options,
        ),
    ];
    for (const job of jobs({ deviceCache })) await job();
    const kept = tf.memory().numTensors;
    for (const job of jobs({ deviceCache })) await job();
    expect(tf.memory().numTensors).toBe(kept);
    for (const index of jobs({}).keys()) {
      const interrupt = new AbortController();
      const options = { deviceCache, signal: interrupt.signal, onProgress: () => interrupt.abort() };
      await expect(jobs(options)[index]?.()).rejects.toThrow(/abort/i);
    }
    expect(tf.memory().numTensors).toBe(kept);
  });
});
