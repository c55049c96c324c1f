import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planExperiment } from '@toogit/planner';
import { openRuns } from '@toogit/runs';
import { startEmbeddedPostgres } from '@toogit/runs/embedded';
import { resolveSpec, specDigest } from '@toogit/spec';

/** 49 sweep points of 2,000 blocks each, on a network trained once: nearly the most that one plan may hold. */
export const nearlyTheLargestSpec = {
  name: 'bench',
  matrix: { epsilon: Array.from({ length: 49 }, (_, i) => (i + 1) / 10) },
  steps: {
    images: { kind: 'dataset', dataset: 'cifar10', split: 'train' },
    network: {
      ...{ kind: 'train', dataset: 'images', architecture: 'resnet9', width: 0.25, epochs: 1 },
    },
    attack: {
      ...{ kind: 'attack', dataset: 'images', sourceModel: 'network', norm: 'l2', epsilon: `\${epsilon}` },
      ...{ targets: 'next', stepSize: 0.1, steps: 10, blockSize: 25 },
    },
  },
};

const note = (line: string) => process.stderr.write(`${line}\n`);

/** Planning and storing some 100,000 jobs as the API does: seconds, and the peak memory of this process. */
export async function plan({ json }: { json: boolean }): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'toogit-bench-'));
  const postgres = await startEmbeddedPostgres({ directory });
  const runs = openRuns(postgres.url);
  try {
    await runs.migrate();
    const startedAt = performance.now();
    const resolvedSpec = resolveSpec(nearlyTheLargestSpec);
    const planned = planExperiment(resolvedSpec);
    const plannedAt = performance.now();
    const { name, study, profile } = resolvedSpec;
    await runs.createExperiment({
      ...{
        name,
        study,
        profile,
        spec: nearlyTheLargestSpec,
        resolvedSpec,
        specDigest: specDigest(resolvedSpec),
      },
      ...{ plan: planned, idempotencyKey: null },
    });
    const figures = {
      name: 'plan',
      jobs: planned.jobs.length,
      planSeconds: (plannedAt - startedAt) / 1000,
      storeSeconds: (performance.now() - plannedAt) / 1000,
      peakRssMegabytes: process.resourceUsage().maxRSS / 1000,
    };
    note(
      `${figures.jobs} jobs: planned in ${figures.planSeconds.toFixed(1)} s, stored in ${figures.storeSeconds.toFixed(1)} s, peak ${figures.peakRssMegabytes.toFixed(0)} MB`,
    );
    if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    await runs.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
