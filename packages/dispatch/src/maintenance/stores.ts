import { type BlobStore, claimStore } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import type { ReadyJob, Runs } from '@toogit/runs';

/** What has to be kept in step. */
export interface Stores {
  runs: Runs;
  blobs: BlobStore;
  /** Hands jobs to the queue. */
  push(jobs: ReadyJob[]): Promise<void>;
}

/** Advisory lock number: `reco` in ASCII. */
const maintenanceLock = 0x7265636f;

/** One process at a time, on its own store. @throws CONFLICT if another is at it, STORAGE_FOREIGN */
export async function alone<T>({ runs, blobs }: Stores, work: () => Promise<T>): Promise<T> {
  await claimStore(blobs, await runs.installationId());
  const done: T[] = [];
  const free = await runs.exclusively(maintenanceLock, async () => {
    done.push(await work());
  });
  if (free) return done[0] as T;
  throw new ToogitError('CONFLICT', 'Another process is reconciling or collecting garbage now.');
}
