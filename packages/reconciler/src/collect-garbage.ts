import { createArtifactStore } from '@toogit/artifacts';
import { ToogitError } from '@toogit/errors';
import { alone, each, type Stores } from './stores.js';

export interface GarbageOptions {
  /** Only says what it would remove. */
  dryRun: boolean;
  /** Nothing is removed that was in use, or was written, for less than this. */
  graceMs: number;
  /** Corrupt blobs are kept so long to be looked at, and uploads so long to be finished. */
  remnantsMs?: number;
  /** Goes on even if the database refers to nothing in the store, as it does when either is the wrong one. */
  force?: boolean;
}

export interface GarbageReport {
  dryRun: boolean;
  /** Jobs that no experiment holds. */
  jobs: number;
  /** Artifacts that no job holds. */
  artifacts: number;
  /** Blobs that nothing refers to; a dry run counts those of the artifacts above only once these are removed. */
  blobs: number;
  bytes: number;
  quarantined: number;
  uploads: number;
}

const batch = 500;
const twoWeeksMs = 14 * 24 * 3_600_000;

/**
 * Removes jobs and artifacts that no experiment holds, then blobs that nothing refers to, never one that a result may
 * still come to refer to (docs/artifacts.md, Garbage).
 *
 * @throws CONFLICT if another process is at it, or the store seems to be another database's
 */
export function collectGarbage(stores: Stores, options: GarbageOptions): Promise<GarbageReport> {
  const { dryRun, graceMs, remnantsMs = Math.max(graceMs, twoWeeksMs) } = options;
  return alone(stores, async () => {
    const { runs, blobs } = stores;
    if (!dryRun) await remove(stores, await runs.garbage.unfinishedDeletions());
    const rows = await runs.garbage.removeUnheld({ graceMs, dryRun });
    const orphans = await findOrphans(stores, options);
    let [count, bytes] = [0, 0];
    const digests = [...orphans.keys()];
    for (let from = 0; from < digests.length; from += batch) {
      const chunk = digests.slice(from, from + batch);
      const removed = dryRun ? chunk : await remove(stores, chunk);
      count += removed.length;
      for (const digest of removed) bytes += orphans.get(digest) ?? 0;
    }
    const remnants = await blobs.removeRemnants(new Date(Date.now() - remnantsMs), { dryRun });
    return { dryRun, ...rows, blobs: count, bytes, ...remnants };
  });
}

/** Sizes of blobs that are old enough and that nothing refers to, as far as can be told without a lock. */
async function findOrphans(
  { runs, blobs }: Stores,
  { graceMs, force = false }: GarbageOptions,
): Promise<Map<string, number>> {
  // What a running attempt has written is not to be judged yet, however long it has been running.
  const oldest = (await runs.garbage.oldestRunningAttempt())?.getTime() ?? Date.now();
  const cutoff = Math.min(Date.now(), oldest) - graceMs;
  const orphans = new Map<string, number>();
  for await (const { digest, bytes, modifiedAt } of blobs.list()) {
    if (modifiedAt.getTime() <= cutoff) orphans.set(digest, bytes);
  }
  const [old, known] = [orphans.size, await forgetReferenced({ runs, blobs }, orphans)];
  if (old > 0 && known === 0 && !force) {
    throw new ToogitError(
      'CONFLICT',
      `The store holds ${old} old blobs and the database refers to none: one of them looks like the wrong one. Nothing was removed from the store; --force removes them.`,
    );
  }
  return orphans;
}

/** Also the parts of checkpoints, which only their manifests name. Returns how many were known. */
async function forgetReferenced(
  { runs, blobs }: Pick<Stores, 'runs' | 'blobs'>,
  orphans: Map<string, number>,
): Promise<number> {
  let known = 0;
  const forget = (digest: string) => {
    if (orphans.delete(digest)) known += 1;
  };
  for await (const { digest } of runs.garbage.referencedBlobs({ heldOnly: false })) forget(digest);
  const artifacts = createArtifactStore(blobs);
  for (const digest of await runs.garbage.liveCheckpoints()) {
    try {
      for (const { sha256 } of (await artifacts.readManifest(digest)).parts) forget(sha256);
    } catch (error) {
      // A checkpoint that cannot be read any more is as good as none.
      if (!['ARTIFACT_MISSING', 'ARTIFACT_CORRUPT'].includes(ToogitError.from(error).code)) throw error;
    }
  }
  return known;
}

/** Condemned first: from then on no result can come to refer to them until they are gone. */
export async function remove({ runs, blobs }: Stores, digests: string[]): Promise<string[]> {
  const condemned = await runs.garbage.condemn(digests);
  await each(condemned, (digest) => blobs.delete(digest));
  await runs.garbage.blobsDeleted(condemned);
  return condemned;
}
