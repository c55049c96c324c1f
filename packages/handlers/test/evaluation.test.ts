import { createArtifactStore, MemoryBlobStore, type StoredManifest } from '@toogit/artifacts';
import type { JobResult } from '@toogit/catalogue';
import { startEngine } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { runHandler } from './run-handler.js';
import { evaluated, inBlocks, meta, pgd, tensorsOf, trained, valuesOf } from './tiny-experiment.js';

type Evaluation = JobResult<'evaluate'>;

const artifacts = createArtifactStore(new MemoryBlobStore());
let testSet: StoredManifest;
let model: StoredManifest;

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
  const trainSet = await storeSyntheticDataset(artifacts, { examples: 160, split: 'train', seed: 1 });
  testSet = await storeSyntheticDataset(artifacts, { examples: 40, split: 'test', seed: 2 });
  model = await trained(artifacts, trainSet, 1, undefined);
});

const attacked = (params: Partial<typeof pgd>, counts: number[]) =>
  inBlocks(
    'attack',
    artifacts,
    { ...pgd, ...params },
    { sourceModel: [model], dataset: [testSet] },
    { counts },
  );

async function outcome(blocks: StoredManifest[]) {
  const stored = await evaluated(artifacts, model, testSet, blocks);
  const { adversarial } = meta<Evaluation>(stored);
  if (adversarial === null) throw new Error('nothing was attacked');
  const predictions = await tensorsOf(artifacts, stored, 'predictions');
  const columns = await Promise.all(blocks.map((block) => tensorsOf(artifacts, block)));
  const all = (name: string) => columns.flatMap((one) => valuesOf(one, name));
  return {
    ...{ adversarial, clean: valuesOf(predictions, 'clean'), after: valuesOf(predictions, 'adversarial') },
    ...{ labels: all('originalLabels'), targets: all('targetLabels') },
  };
}

describe('an evaluation under attack', () => {
  it('states the clean accuracy of the very images that were attacked', async () => {
    const { adversarial, clean, labels } = await outcome(await attacked({ targets: 'none' }, [10, 6]));
    const right = labels.filter((label, index) => clean[index] === label).length;
    expect(adversarial.clean).toMatchObject({ n: 16, correct: right });
    expect(adversarial.robust.n).toBe(16);
  });

  it('counts as robust what is right on the image and on the adversarial example', async () => {
    // Toward the next class, wrong images may come right by accident.
    const { adversarial, clean, after, labels } = await outcome(await attacked({ steps: 1 }, [40]));
    const both = labels.filter((label, index) => clean[index] === label && after[index] === label);
    expect(adversarial.robust.correct).toBe(both.length);
    expect(adversarial.robust.correct).toBeLessThanOrEqual(adversarial.clean.correct);
  });

  it('counts no success where the target is the label, at epsilon 0 above all', async () => {
    const blocks = await attacked({ targets: 'random', epsilon: 0, randomStart: false, steps: 1 }, [24, 16]);
    const { adversarial, after, labels, targets } = await outcome(blocks);
    const others = targets.flatMap((target, index) => (target === labels[index] ? [] : [index]));
    expect(others.length).toBeLessThan(40);
    expect(adversarial.attackSuccess).toMatchObject({
      n: others.length,
      count: others.filter((index) => after[index] === targets[index]).length,
    });
    expect(adversarial).toMatchObject({ meanNorm: 0, maxNorm: 0 });
    const ofBlocks = blocks.map((block) => meta<JobResult<'attack'>>(block).attackSuccess?.n ?? 0);
    expect(ofBlocks[0]).toBeLessThan(24);
    expect(ofBlocks.reduce((sum, n) => sum + n, 0)).toBe(others.length);
    const { stored } = await runHandler(
      'synthesize',
      artifacts,
      { construction: 'd_rand' },
      { dataset: [testSet], adversarialExamples: blocks },
    );
    expect(meta<JobResult<'synthesize'>>(stored).attackSuccess).toEqual(adversarial.attackSuccess);
  });

  it('is transfer for another job, whatever the bytes', async () => {
    const blocks = await attacked({}, [40]);
    const other = await evaluated(artifacts, { ...model, jobKey: 'another' }, testSet, blocks);
    expect(meta<Evaluation>(other).adversarial?.whiteBox).toBe(false);
  });
});

describe('a model that was lost and trained again elsewhere', () => {
  it('stays the same model, its blocks one attack, its evaluation white-box', async () => {
    const jobKey = 'train';
    const again = await trained(artifacts, testSet, 3);
    expect(again.digest).not.toBe(model.digest);
    const half = async (version: StoredManifest, start: number) => {
      const params = { ...pgd, targets: 'none' as const, block: { start, count: 20 } };
      const inputs = { sourceModel: [{ ...version, jobKey }], dataset: [testSet] };
      return (await runHandler('attack', artifacts, params, inputs)).stored;
    };
    const blocks = [await half(model, 0), await half(again, 20)];
    const evaluation = await evaluated(artifacts, { ...again, jobKey }, testSet, blocks);
    expect(meta<Evaluation>(evaluation).adversarial).toMatchObject({ whiteBox: true, sourceModel: jobKey });
  });
});

describe('accuracy by class', () => {
  it('is unknown of a class without examples', async () => {
    const few = await storeSyntheticDataset(artifacts, { examples: 3, split: 'test', seed: 2 });
    const { perClassAccuracy } = meta<Evaluation>(await evaluated(artifacts, model, few));
    expect(perClassAccuracy.reduce((sum, { n }) => sum + n, 0)).toBe(3);
    const empty = perClassAccuracy.filter(({ n }) => n === 0);
    expect(empty.length).toBeGreaterThan(0);
    for (const one of empty) expect(one).toEqual({ n: 0, correct: 0, accuracy: null, ci95: null });
  });
});
