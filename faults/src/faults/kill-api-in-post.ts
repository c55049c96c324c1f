import { waitFor } from '@toogit/testkit';
import type { Cluster } from '../cluster.js';
import { specOfKilledPost } from '../experiment.js';
import { oneOf } from '../random.js';
import type { Fault } from './fault.js';

/** Written to by nothing but a POST, and after it has written others. */
const tables = ['job_edges', 'experiment_jobs', 'experiment_steps'];
const connectedWithinMs = 60_000;
const waitingWithinMs = 10_000;

/**
 * SIGKILL of the API in the midst of a POST: a table is locked, so that it gets no further than to there. The client
 * asks again with the same Idempotency-Key.
 */
export const killApiInPost: Fault = {
  target: 'api',
  strike: async ({ cluster, random, say }) => {
    const key = 'killed-post';
    const table = oneOf(random, tables);
    await whileLocked(cluster, table, async (isAwaited) => {
      const first = cluster.submitter.post(specOfKilledPost, key).then(
        () => 'was answered',
        () => 'was not answered',
      );
      // With the database away it never gets there.
      const where = await waitFor(isAwaited, waitingWithinMs).then(
        () => `at ${table}`,
        () => 'elsewhere',
      );
      cluster.api.signal('SIGKILL');
      say(`killed ${where}; the POST ${await first}`);
    });
    await cluster.submitter.submit(specOfKilledPost, key);
  },
};

/** `isAwaited`: whether somebody waits to write to the table. */
async function whileLocked(
  { sql }: Cluster,
  table: string,
  work: (isAwaited: () => Promise<boolean>) => Promise<void>,
): Promise<void> {
  const client = await waitFor(() => sql.connect(), connectedWithinMs);
  // Postgres may be restarted meanwhile; there is no lock then.
  client.on('error', () => undefined);
  try {
    await client.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`).catch(() => undefined);
    await work(async () => {
      const { rowCount } = await sql.query(
        'SELECT FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass',
        [table],
      );
      return (rowCount ?? 0) > 0;
    });
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    client.release(true);
  }
}
