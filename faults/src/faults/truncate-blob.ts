import type { Fault } from './fault.js';
import { anyBlob } from './spoilt.js';

/** A blob loses its second half where it lies: whoever made it makes it again. */
export const truncateBlob: Fault = {
  target: 'blobs',
  strike: async ({ cluster, random, spoilt, note }) => {
    const digest = await anyBlob(cluster, random);
    if (digest === null) return note('nothing stored yet');
    spoilt.digests.add(digest);
    await cluster.store.change(digest, (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)));
    note(`blob ${digest}`);
  },
};
