import { jobRows } from '../job-rows.js';
import { read } from '../read.js';
import type { Fault } from './fault.js';

/**
 * The network's blobs are gone, and whoever trains it again has another device: it has other bytes and is the same model.
 */
export const loseModel: Fault = {
  target: 'workers',
  strike: async ({ cluster, spoilt, note }) => {
    const model = (await jobRows(cluster.sql)).find(
      ({ kind, digest }) => kind === 'train' && digest !== null,
    );
    if (!model) return note('no network yet');
    const late = await cluster.changeDevice();
    if (late.length > 0) throw new Error(`${late.join(', ')} did not end on SIGTERM`);
    const rows = await read<{ sha256: string }>(
      cluster.sql,
      'SELECT sha256 FROM artifact_parts WHERE artifact_digest = $1',
      [model.digest],
    );
    spoilt.networks.add(model.key);
    await cluster.store.remove(rows.map(({ sha256 }) => sha256));
    note(`network ${model.digest} of job ${model.key}`);
  },
};
