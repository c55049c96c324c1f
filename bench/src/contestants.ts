import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Contestant } from './contestant.js';
import type { Task } from './tasks.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const startOurs = (task: Task, threads: number, directory: string) =>
  Contestant.start(
    'ours',
    process.execPath,
    [here('./ours.js'), task, String(threads), directory],
    process.env,
  );

export const startPeer = (python: string, task: Task, variant: string, threads: number, directory: string) =>
  Contestant.start(variant, python, [here('../peer/peer.py'), task, variant, String(threads), directory], {
    ...process.env,
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
  });

export async function inScratchDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'toogit-bench-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
