import { oneOf } from '../random.js';
import type { Fault } from './fault.js';

/** A blob loses its second half where it lies: whoever made it makes it again. */
export const truncateBlob: Fault = {
  target: 'blobs',
  strike: async ({ cluster, random, spoilt, say }) => {
    const { rows } = await cluster.sql.query<{ digest: string }>(
      'SELECT digest FROM artifacts UNION SELECT sha256 FROM artifact_parts ORDER BY digest',
    );
    if (rows.length === 0) return say('nothing stored yet');
    const { digest } = oneOf(random, rows);
    spoilt.add(digest);
    await cluster.store.change(digest, (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)));
    say(`blob ${digest}`);
  },
};
