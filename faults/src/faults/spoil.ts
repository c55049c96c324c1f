import type { Cluster } from '../cluster.js';
import { holdersOf } from '../job-rows.js';
import { oneOf, type Random } from '../random.js';

/** What a run's faults have taken from the store: those jobs are made again. */
export interface Spoilt {
  digests: Set<string>;
  /** Whoever had one of the blobs when it was spoilt; others may have it later. */
  jobs: Set<string>;
  /** Jobs whose network is lost and may be another one afterwards. */
  models: Set<string>;
}

export const nothingSpoilt = (): Spoilt => ({ digests: new Set(), jobs: new Set(), models: new Set() });

/** Notes that these blobs are about to be spoilt. */
export async function spoil(cluster: Cluster, spoilt: Spoilt, digests: string[]): Promise<void> {
  for (const digest of digests) spoilt.digests.add(digest);
  for (const key of await holdersOf(cluster.sql, digests)) spoilt.jobs.add(key);
}

/** Any blob that a result refers to; null while there is none. */
export async function anyBlob(cluster: Cluster, random: Random): Promise<string | null> {
  const { rows } = await cluster.sql.query<{ digest: string }>(
    'SELECT digest FROM artifacts UNION SELECT sha256 FROM artifact_parts ORDER BY digest',
  );
  return rows.length === 0 ? null : oneOf(random, rows).digest;
}
