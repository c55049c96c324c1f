import { ToogitError } from '@toogit/core';
import pMap from 'p-map';
import { alone, type Stores } from './stores.js';

export interface ReconcileOptions {
  /** Only reports what it would do. */
  dryRun: boolean;
  /** Reads every blob and compares its bytes with its digest, instead of only its size. */
  deep: boolean;
  /** Goes on even if most blobs are missing, as they are when the store is the wrong one. */
  force?: boolean;
}

export interface ReconcileReport {
  dryRun: boolean;
  /** Jobs handed to the queue because they were ready. */
  requeued: number;
  /** Blobs that results refer to. */
  checked: number;
  missing: string[];
  corrupt: string[];
  /** Jobs that were made ready to make lost blobs again. */
  remade: number;
}

/**
 * Hands every ready job to the queue (which takes one that it has as the same), and finds blobs that results refer to but
 * the store has not, or has with other bytes: those are set aside, and the jobs that made them are ready again.
 *
 * @throws CONFLICT if another process is at it, or most blobs are missing
 */
export function reconcile(stores: Stores, options: ReconcileOptions): Promise<ReconcileReport> {
  return alone(stores, async () => {
    const requeued = await requeue(stores, options);
    const { checked, missing, corrupt } = await inspect(stores, options);
    if (missing.length > checked / 2 && checked > 1 && !options.force) {
      throw new ToogitError(
        'CONFLICT',
        `${missing.length} of ${checked} blobs are missing: this looks like the wrong store. Nothing was changed; --force makes them all again.`,
      );
    }
    const remade = options.dryRun ? 0 : await remake(stores, missing, corrupt);
    return { dryRun: options.dryRun, requeued, checked, missing, corrupt, remade };
  });
}

async function requeue({ runs, push }: Stores, { dryRun }: ReconcileOptions): Promise<number> {
  const { jobs } = await runs.totals();
  if (dryRun || jobs.ready === 0) return jobs.ready;
  // One statement: a clock that is ahead of the database's would take the same jobs twice.
  const ready = await runs.takeReady({ limit: jobs.ready, notPushedForMs: 0 });
  await push(ready);
  return ready.length;
}

async function inspect(
  { runs, blobs }: Stores,
  { deep }: ReconcileOptions,
): Promise<{ checked: number; missing: string[]; corrupt: string[] }> {
  const sizes = new Map<string, number>();
  for await (const { digest, bytes } of blobs.list()) sizes.set(digest, bytes);
  const missing: string[] = [];
  const corrupt: string[] = [];
  const present: string[] = [];
  let checked = 0;
  for await (const { digest, bytes } of runs.garbage.referencedBlobs({ heldOnly: true })) {
    checked += 1;
    // What was written since the list was made is looked up by name.
    const held = sizes.get(digest) ?? (await blobs.size(digest));
    if (held === null) missing.push(digest);
    else if (bytes !== null && held !== bytes) corrupt.push(digest);
    else present.push(digest);
  }
  if (deep) {
    const read = async (digest: string) => {
      const found = await blobs.get(digest).then(
        () => null,
        (error: unknown) => ToogitError.from(error),
      );
      if (found?.code === 'ARTIFACT_CORRUPT') corrupt.push(digest);
      else if (found?.code === 'ARTIFACT_MISSING') missing.push(digest);
      else if (found) throw found;
    };
    await pMap(present, read, { concurrency: 2 });
  }
  return { checked, missing: missing.sort(), corrupt: corrupt.sort() };
}

async function remake({ runs, blobs, push }: Stores, missing: string[], corrupt: string[]): Promise<number> {
  const remade = new Set<string>();
  for (const digest of corrupt) await blobs.quarantine(digest);
  for (const digest of [...missing, ...corrupt]) {
    const ready = await runs.artifactLost(digest);
    for (const { key } of ready) remade.add(key);
    await push(ready);
  }
  return remade.size;
}
