import { createArtifactStore, MemoryBlobStore } from '@toogit/artifacts';
import { type AttackParams, type Figure, type JobResult, jobKinds } from '@toogit/catalogue';
import { startEngine } from '@toogit/engine';
import { storeSyntheticDataset } from '@toogit/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { runHandler } from './run-handler.js';
import { inBlocks, meta, pgd, tensorsOf, trained, valuesOf } from './tiny-experiment.js';

type Row = Extract<Figure, { kind: 'perturbation-norms' }>['rows'][number];

const artifacts = createArtifactStore(new MemoryBlobStore());
const counts = [30, 20, 10];

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
});

/** The figure of a real attack in three blocks, and what the blocks themselves state. */
async function figureOf(change: Partial<AttackParams>) {
  const dataset = await storeSyntheticDataset(artifacts, { examples: 60, split: 'test', seed: 3 });
  const model = await trained(artifacts, dataset, 1);
  const inputs = { sourceModel: [model], dataset: [dataset] };
  const blocks = await inBlocks('attack', artifacts, { ...pgd, ...change }, inputs, { counts });
  const row = { seed: 0, point: '', name: 'PGD', blocks: [0, 1, 2], dataset: null };
  const { stored } = await runHandler(
    'report',
    artifacts,
    {
      ...{ study: 'custom', profile: null, specDigest: '0' },
      figures: [{ kind: 'perturbation-norms', title: null, rows: [row] }],
    },
    { sources: blocks },
  );
  const [figure] = meta<JobResult<'report'>>(stored).figures;
  const columns = await Promise.all(blocks.map((block) => tensorsOf(artifacts, block)));
  return {
    row: figure?.rows[0] as Row,
    results: blocks.map((block) => jobKinds.attack.result.parse(block.manifest.meta)),
    norms: columns.flatMap((each) => valuesOf(each, 'perturbationNorm')),
    page: stored.manifest.parts.find(({ name }) => name === 'report.html'),
  };
}

describe.each([
  ['targeted', { targets: 'next' }],
  ['untargeted, of one step', { targets: 'none', steps: 1, stepSize: 0.3, randomStart: false }],
] as const)('the lengths and successes of an attack, %s', (_, change) => {
  it('are those of all its blocks together', async () => {
    const { row, results, norms, page } = await figureOf(change);
    expect(row.n).toBe(60);
    expect(row.histogram.reduce((sum, examples) => sum + examples, 0)).toBe(60);
    // Bins are half open; those at epsilon, or a hair beyond, are in the last.
    const width = pgd.epsilon / row.histogram.length;
    for (const [bin, examples] of row.histogram.entries()) {
      const last = bin === row.histogram.length - 1;
      const inside = norms.filter((norm) => norm >= bin * width && (last || norm < (bin + 1) * width));
      expect(examples).toBe(inside.length);
    }
    expect(row.maxNorm).toBe(Math.max(...results.map(({ maxNorm }) => maxNorm)));
    const stated = results.map(({ attackSuccess }) => attackSuccess);
    const total = (key: 'n' | 'count', of: typeof stated) =>
      of.reduce((sum, each) => sum + (each?.[key] ?? 0), 0);
    const byClass = row.classes.map(({ attackSuccess }) => attackSuccess);
    expect(total('n', byClass)).toBe(total('n', stated));
    expect(total('count', byClass)).toBe(total('count', stated));
    const html = page && new TextDecoder().decode(await artifacts.readBytes(page));
    expect(html).toContain('success of the attack, by original class');
  });
});
