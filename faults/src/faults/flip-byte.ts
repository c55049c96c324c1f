import { below } from '../random.js';
import type { Fault } from './fault.js';
import { anyBlob } from './spoilt.js';

/** A bit flips in a blob that the store holds: whoever made it makes it again. */
export const flipByte: Fault = {
  target: 'blobs',
  strike: async ({ cluster, random, spoilt, note }) => {
    const digest = await anyBlob(cluster, random);
    if (digest === null) return note('nothing stored yet');
    spoilt.digests.add(digest);
    const position = below(random, 2 ** 30);
    await cluster.store.change(digest, (bytes) => {
      const at = position % bytes.length;
      return bytes.with(at, (bytes[at] ?? 0) ^ 1);
    });
    note(`blob ${digest}`);
  },
};
