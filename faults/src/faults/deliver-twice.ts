import { startDispatcher } from '@toogit/dispatch';
import { type JobRow, jobRows } from '../job-rows.js';
import type { Fault } from './fault.js';

const copies = 3;

/** Every job that runs or has run is delivered again, three times, past the ids that keep a delivery single. */
export const deliverTwice: Fault = {
  target: 'queue',
  strike: async ({ cluster, say }) => {
    const jobs = (await jobRows(cluster.sql)).filter(({ state }) => state !== 'blocked');
    const connection = { driver: 'redis', url: cluster.redis.url } as const;
    const dispatcher = await startDispatcher({ connection, runs: cluster.runs, onError: () => undefined });
    try {
      for (let copy = 1; copy <= copies; copy++) await dispatcher.push(jobs.map((job) => again(job, copy)));
    } finally {
      await dispatcher.close();
    }
    say(`${jobs.length} jobs`);
  },
};

function again({ key, kind, resource, attempt }: JobRow, copy: number) {
  return { key, kind, resource, nextAttempt: attempt + 1_000 * copy, delayMs: 0 };
}
