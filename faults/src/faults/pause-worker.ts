import { setTimeout as delay } from 'node:timers/promises';
import type { Fence } from '@toogit/runs';
import { type Cluster, leaseMs } from '../cluster.js';
import { runningJobs } from '../job-rows.js';
import type { Fault } from './fault.js';

const lookMs = 20;
const beatMs = 500;
/** For what was stopped to say what it has to say. */
const speakMs = 2_000;

/**
 * SIGSTOP for two leases: others take over its jobs, and what it says when it goes on must not count. The first other
 * that is seen at such a job is stopped as well until then (its heartbeats are sent for it), so that the attempt's
 * number alone tells the two apart.
 */
export const pauseWorker: Fault = {
  target: 'worker',
  strike: async ({ cluster, worker, say, signal }) => {
    const until = Date.now() + 2 * leaseMs;
    const pause = (ms: number) => delay(ms, undefined, { signal });
    cluster.workers[worker]?.signal('SIGSTOP');
    let heir: Heir | undefined;
    try {
      const keys = (await atWork(cluster)).filter((job) => job.by === worker).map(({ jobKey }) => jobKey);
      while (Date.now() < until) {
        if (heir) await cluster.runs.heartbeat(heir, null).catch(() => undefined);
        else if (keys.length > 0)
          heir = (await atWork(cluster)).find(({ jobKey, by }) => keys.includes(jobKey) && by !== worker);
        if (heir) cluster.workers[heir.by]?.signal('SIGSTOP');
        await pause(heir || keys.length === 0 ? beatMs : lookMs);
      }
      cluster.workers[worker]?.signal('SIGCONT');
      if (heir) {
        await pause(speakMs);
        say(`worker ${heir.by} was at its job ${heir.jobKey}, too`);
      }
    } finally {
      for (const each of [worker, heir?.by ?? worker]) cluster.workers[each]?.signal('SIGCONT');
    }
  },
};

interface Heir extends Fence {
  /** Which worker. */
  by: number;
}

async function atWork({ sql }: Cluster): Promise<Heir[]> {
  // The database may be away.
  const jobs = await runningJobs(sql).catch(() => []);
  return jobs.map(({ key, attempt, worker }) => ({ jobKey: key, attempt, by: Number(worker.split('-')[1]) }));
}
