import { remove } from './collect-garbage.js';
import { alone, type Stores } from './stores.js';

const batch = 500;

/**
 * Deletes the blobs of superseded checkpoints, but for those that something else refers to. No running attempt reads
 * them, so there is no grace period. Returns how many. @throws CONFLICT if another process is at it
 */
export async function deleteReleased(stores: Stores): Promise<number> {
  const { garbage } = stores.runs;
  let deleted = 0;
  for (;;) {
    const digests = await garbage.releasedBlobs(batch);
    if (digests.length === 0) return deleted;
    deleted += await alone(stores, async () => {
      const removed = await remove(stores, digests);
      await garbage.forgetReleased(digests);
      return removed.length;
    });
  }
}
