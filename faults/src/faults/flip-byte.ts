import { below, oneOf } from '../random.js';
import type { Fault } from './fault.js';

/** A bit flips in a blob that the store holds: whoever made it makes it again. */
export const flipByte: Fault = {
  target: 'blobs',
  strike: async ({ cluster, random, spoilt, say }) => {
    const { rows } = await cluster.sql.query<{ digest: string; keys: string[] }>(
      `SELECT digest, array_agg(DISTINCT key) AS keys FROM (
         SELECT p.sha256 AS digest, j.key FROM jobs j JOIN artifact_parts p ON p.artifact_digest = j.artifact_digest
         UNION SELECT artifact_digest, key FROM jobs WHERE artifact_digest IS NOT NULL) AS held
       GROUP BY digest ORDER BY digest`,
    );
    if (rows.length === 0) return say('nothing stored yet');
    const { digest, keys } = oneOf(random, rows);
    for (const key of keys) spoilt.add(key);
    await cluster.store.flipByte(digest, below(random, 2 ** 30));
    say(`blob ${digest}`);
  },
};
