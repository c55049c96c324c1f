import { randomUUID } from 'node:crypto';
import { jobKinds } from '@toogit/catalogue';
import type { Runs } from '../src/runs.js';
import type { Claim, WorkerAnnouncement } from '../src/work.js';

/** A worker of this release with plenty of memory, registered. */
export async function joined(runs: Runs, name: string, more: Partial<WorkerAnnouncement> = {}) {
  const worker: WorkerAnnouncement = {
    ...{ name, instance: randomUUID(), release: '1.0.0', device: 'cpu', resources: ['tensor', 'cpu'] },
    memoryBytes: 16 * 2 ** 30,
    kinds: { attack: 1, train: jobKinds.train.version, 'dataset.import': 1 },
    ...more,
  };
  await runs.registerWorker(worker, 30_000);
  return worker;
}

export async function next(runs: Runs, worker: WorkerAnnouncement): Promise<Claim | null> {
  return (await runs.claimNext(worker, { resource: 'tensor', limit: 1 }))[0] ?? null;
}
