import { jobRows } from '../job-rows.js';
import type { Fault } from './fault.js';
import { spoil } from './spoil.js';

/**
 * The network's blobs are gone, and whoever trains it again adds in another order, as another device or number of threads
 * does: it has other bytes and is the same model.
 */
export const loseModel: Fault = {
  target: 'workers',
  strike: async ({ cluster, spoilt, say }) => {
    const model = (await jobRows(cluster.sql)).find(
      ({ kind, digest }) => kind === 'train' && digest !== null,
    );
    if (!model) return say('no network yet');
    const late = await cluster.changeKernels();
    if (late.length > 0) throw new Error(`${late.join(', ')} did not end on SIGTERM`);
    const { rows } = await cluster.sql.query<{ digest: string }>(
      'SELECT sha256 AS digest FROM artifact_parts WHERE artifact_digest = $1',
      [model.digest],
    );
    const digests = rows.map(({ digest }) => digest);
    await spoil(cluster, spoilt, digests);
    spoilt.models.add(model.key);
    await cluster.store.remove(digests);
    say(`network ${model.digest} of job ${model.key}`);
  },
};
