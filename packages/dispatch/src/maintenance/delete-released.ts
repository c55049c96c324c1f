import { remove } from './remove.js';
import { alone, type Stores } from './stores.js';

const batch = 500;

/**
 * Deletes the blobs of superseded checkpoints and of removed artifacts, but for those that something else refers to. No running attempt reads
 * them, so there is no grace period. Returns how many. @throws CONFLICT if another process is at it
 */
export async function deleteReleased(stores: Stores): Promise<number> {
  if ((await stores.runs.garbage.releasedBlobs(1)).length === 0) return 0;
  return alone(stores, async () => (await removeReleased(stores)).length);
}

/** Returns the digests. To be called by whoever is alone. */
export async function removeReleased(stores: Stores): Promise<string[]> {
  const { garbage } = stores.runs;
  const removed: string[] = [];
  for (;;) {
    const digests = await garbage.releasedBlobs(batch);
    if (digests.length === 0) return removed;
    removed.push(...(await remove(stores, digests)));
    await garbage.forgetReleased(digests);
  }
}
