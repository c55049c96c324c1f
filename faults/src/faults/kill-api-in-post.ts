import { specOfKilledPost } from '../experiment.js';
import { oneOf } from '../random.js';
import { whileLocked } from '../while-locked.js';
import type { Fault } from './fault.js';

/** Written to by nothing but a POST, and after it has written others. */
const tables = ['job_edges', 'experiment_jobs', 'experiment_steps'];
const waitingWithinMs = 10_000;

/**
 * SIGKILL of the API in the midst of a POST: a table is locked, so that it gets no further than to there. The client
 * repeats it with the same Idempotency-Key.
 */
export const killApiInPost: Fault = {
  target: 'api',
  strike: async ({ cluster, random, note }) => {
    const key = 'killed-post';
    const table = oneOf(random, tables);
    await whileLocked(cluster.sql, table, async (untilAwaited) => {
      const first = cluster.submitter.post(specOfKilledPost, key).then(
        () => 'was answered',
        () => 'was not answered',
      );
      // With the database away it never gets there.
      const where = (await untilAwaited(waitingWithinMs)) ? `at ${table}` : 'elsewhere';
      cluster.api.signal('SIGKILL');
      note(`killed ${where}; the POST ${await first}`);
    });
    await cluster.submitter.submit(specOfKilledPost, key);
  },
};
