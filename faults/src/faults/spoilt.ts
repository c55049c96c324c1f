import type { Cluster } from '../cluster.js';
import { oneOf, type Random } from '../random.js';
import { read } from '../read.js';

/** What the faults of a run have taken from the store: whoever made it makes it again. */
export interface Spoilt {
  /** Of blobs. */
  digests: Set<string>;
  /** Jobs whose network was lost. It is another one afterwards, and so is what is made from it. */
  networks: Set<string>;
}

export const nothingSpoilt = (): Spoilt => ({ digests: new Set(), networks: new Set() });

/** Any blob that a result refers to; null while there is none. */
export async function anyBlob(cluster: Cluster, random: Random): Promise<string | null> {
  const rows = await read<{ digest: string }>(
    cluster.sql,
    'SELECT digest FROM artifacts UNION SELECT sha256 FROM artifact_parts ORDER BY digest',
  );
  return rows.length === 0 ? null : oneOf(random, rows).digest;
}
