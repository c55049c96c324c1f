import { startDispatcher } from '@toogit/dispatch';
import { waitFor } from '@toogit/testkit';
import { type JobRow, jobRows } from '../job-rows.js';
import type { Fault } from './fault.js';

const copies = 3;
const backWithinMs = 20_000;

/** Every job that runs or has run is delivered again, three times, past the ids that keep a delivery single. */
export const deliverTwice: Fault = {
  target: 'queue',
  strike: async ({ cluster, note }) => {
    const jobs = (await jobRows(cluster.sql)).filter(({ state }) => state !== 'blocked');
    const connection = { driver: 'redis', url: cluster.redis.url } as const;
    const dispatcher = await startDispatcher({ connection, runs: cluster.runs, onError: () => undefined });
    try {
      for (let copy = 1; copy <= copies; copy++) {
        const deliveries = jobs.map((job) => again(job, copy));
        // Redis may be restarting. A delivery that has its id already is not made twice.
        await waitFor(() => dispatcher.push(deliveries).then(() => true), backWithinMs);
      }
    } finally {
      await dispatcher.close();
    }
    note(`${jobs.length} jobs`);
  },
};

function again({ key, kind, resource, attempt }: JobRow, copy: number) {
  return { key, kind, resource, nextAttempt: attempt + 1_000 * copy, delayMs: 0 };
}
