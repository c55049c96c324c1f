import { below, oneOf } from '../random.js';
import type { Fault } from './fault.js';

/** A bit flips in a blob that the store holds: whoever made it makes it again. */
export const flipByte: Fault = {
  target: 'blobs',
  strike: async ({ cluster, random, spoilt, say }) => {
    const { rows } = await cluster.sql.query<{ digest: string }>(
      'SELECT digest FROM artifacts UNION SELECT sha256 FROM artifact_parts ORDER BY digest',
    );
    if (rows.length === 0) return say('nothing stored yet');
    const { digest } = oneOf(random, rows);
    spoilt.add(digest);
    const position = below(random, 2 ** 30);
    await cluster.store.change(digest, (bytes) => {
      const at = position % bytes.length;
      return bytes.with(at, (bytes[at] ?? 0) ^ 1);
    });
    say(`blob ${digest}`);
  },
};
