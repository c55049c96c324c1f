import { createArtifactStore } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import { removeReleased } from './delete-released.js';
import { remove } from './remove.js';
import { alone, type Stores } from './stores.js';

export interface GarbageOptions {
  /** Only reports what it would remove. */
  dryRun: boolean;
  /** Nothing is removed that was in use, or was written, for less than this. */
  graceMs: number;
  /** Corrupt blobs are kept so long to be looked at, and uploads so long to be finished. */
  remnantsMs?: number;
  /** Goes on even if the database does not know most of the store, as when either is the wrong one. */
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
 * Removes jobs and artifacts that no experiment holds with their blobs, then blobs that nothing refers to, never one that
 * a result may still come to refer to (docs/artifacts.md, Garbage).
 *
 * @throws CONFLICT if another process is at it, or the store seems to be another database's; STORAGE_FOREIGN
 */
export function collectGarbage(stores: Stores, options: GarbageOptions): Promise<GarbageReport> {
  const { dryRun, graceMs, remnantsMs = Math.max(graceMs, twoWeeksMs) } = options;
  return alone(stores, async () => {
    const { runs, blobs } = stores;
    if (!dryRun) await remove(stores, await runs.garbage.unfinishedDeletions());
    const { sizes, old } = await listBlobs(stores, graceMs);
    const orphans = await findOrphans(stores, old, options);
    const rows = await runs.garbage.removeUnheld({ graceMs, dryRun });
    const removed = new Set(dryRun ? orphans : await removeReleased(stores));
    for (let from = 0; from < orphans.length && !dryRun; from += batch) {
      for (const digest of await remove(stores, orphans.slice(from, from + batch))) removed.add(digest);
    }
    const bytes = [...removed].reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
    const remnants = await blobs.removeOrphanedUploads(new Date(Date.now() - remnantsMs), { dryRun });
    return { dryRun, ...rows, blobs: removed.size, bytes, ...remnants };
  });
}

/** All blobs with their sizes, and those that are old enough. */
async function listBlobs(
  { runs, blobs }: Stores,
  graceMs: number,
): Promise<{ sizes: Map<string, number>; old: Set<string> }> {
  // What a running attempt has written is not to be judged yet, however long it has been running.
  const oldest = (await runs.garbage.oldestRunningAttempt())?.getTime() ?? Date.now();
  const cutoff = Math.min(Date.now(), oldest) - graceMs;
  const sizes = new Map<string, number>();
  const old = new Set<string>();
  for await (const { digest, bytes, modifiedAt } of blobs.list()) {
    sizes.set(digest, bytes);
    if (modifiedAt.getTime() <= cutoff) old.add(digest);
  }
  return { sizes, old };
}

/** Which of these nothing refers to, as far as can be known without a lock. @throws CONFLICT if it is most of them */
async function findOrphans(
  stores: Stores,
  old: Set<string>,
  { force = false }: GarbageOptions,
): Promise<string[]> {
  const orphans = new Set(old);
  for await (const digest of referenced(stores)) orphans.delete(digest);
  if (orphans.size > old.size / 2 && !force) {
    throw new ToogitError(
      'CONFLICT',
      `No row of the database refers to ${orphans.size} of the ${old.size} old blobs in the store: one of them looks like the wrong one. Nothing was removed; --force removes them.`,
    );
  }
  return [...orphans];
}

/** Also the parts of checkpoints, which only their manifests name. */
async function* referenced({ runs, blobs }: Stores): AsyncIterable<string> {
  for await (const { digest } of runs.garbage.referencedBlobs({ heldOnly: false })) yield digest;
  const artifacts = createArtifactStore(blobs);
  for (const digest of await runs.garbage.liveCheckpoints()) {
    try {
      for (const { sha256 } of (await artifacts.readManifest(digest)).parts) yield sha256;
    } catch (error) {
      // A checkpoint that cannot be read any more is as good as none.
      if (!['ARTIFACT_MISSING', 'ARTIFACT_CORRUPT'].includes(ToogitError.from(error).code)) throw error;
    }
  }
}
