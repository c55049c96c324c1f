import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Job } from '@toogit/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { processTree } from './process-tree.js';
import { type RunningUp, runToogit, startUp } from './running-up.js';

const spec = `
name: restart
steps:
  images: { kind: dataset, dataset: mnist, split: train, examples: 2000 }
  model: { kind: train, dataset: images, architecture: cnn, width: 0.25, epochs: 25, learningRate: 0.02, augmentation: none }
`;
let directory: string;
let up: RunningUp;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'toogit-restart-'));
  await writeFile(join(directory, 'spec.yaml'), spec);
  up = await start();
});
afterAll(async () => {
  for (const { pid } of await processTree(up.pid, directory)) process.kill(pid, 'SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

const start = () => startUp(join(directory, 'state'), ['--device', 'cpu', '--threads', '1']);

async function job(id: string, kind: string): Promise<Job> {
  const found = (await createClient(up.url).listJobs(id)).find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} job`);
  return found;
}

/** Until that attempt has got past the fraction of its training. */
async function trained(id: string, attempt: number, fraction: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { state, attempt: current, progress } = await job(id, 'train');
      expect({ state, current }).toEqual({ state: 'running', current: attempt });
      expect((progress?.done ?? 0) / (progress?.total ?? 1)).toBeGreaterThan(fraction);
    },
    { timeout: 60_000, interval: 50 },
  );
}

describe('toogit up on a directory with unfinished work', () => {
  it('goes on after Ctrl-C and after kill -9, and redoes nothing that was done', async (context) => {
    const { out, err } = await runToogit(['submit', join(directory, 'spec.yaml'), '--url', up.url]);
    expect(err).toContain('next:');
    const id = out.trim();
    const imported = await vi.waitUntil(
      async () => {
        const current = await job(id, 'dataset.import');
        return ['succeeded', 'failed'].includes(current.state) ? current : null;
      },
      { timeout: 100_000, interval: 200 },
    );
    if (imported.error?.code === 'DATASET_UNAVAILABLE') context.skip(imported.error.message);

    await trained(id, 1, 0.1);
    expect(await up.end('SIGINT')).toBe(0);
    up = await start();
    await trained(id, 2, 0.3);
    await up.end('SIGKILL');
    up = await start();

    const watched = await runToogit(['watch', id, '--url', up.url]);
    expect(watched.code).toBe(0);
    expect((await job(id, 'dataset.import')).attempts).toHaveLength(1);
    const { attempts } = await job(id, 'train');
    // A worker whose parent was killed still gives its job back, if Postgres lets it.
    expect(attempts.map(({ outcome }) => outcome)).toEqual([
      'released',
      expect.stringMatching(/^(released|expired)$/),
      'succeeded',
    ]);
    expect(await up.end('SIGTERM')).toBe(0);
  }, 240_000);
});
