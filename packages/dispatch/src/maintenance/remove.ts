import pMap from 'p-map';
import type { Stores } from './stores.js';

/** Condemned first: from then on no result can come to refer to them until they are gone. Returns which are. */
export async function remove({ runs, blobs }: Stores, digests: string[]): Promise<string[]> {
  const condemned = await runs.garbage.condemn(digests);
  await pMap(condemned, (digest) => blobs.delete(digest), { concurrency: 8 });
  await runs.garbage.blobsDeleted(condemned);
  return condemned;
}
