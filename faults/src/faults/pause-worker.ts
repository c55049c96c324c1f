import { setTimeout as delay } from 'node:timers/promises';
import type { Fence } from '@toogit/runs';
import { type Cluster, leaseMs } from '../cluster.js';
import { attemptOf, takeOver } from '../job-rows.js';
import type { Fault } from './fault.js';

const beatMs = 500;
/** For the worker to say what it has to say. */
const speakMs = 2_000;

/**
 * SIGSTOP for two leases. Half a lease on, its jobs are another's: the campaign claims them, and keeps them until the
 * worker has gone on and said what it has to say, so that the attempt's number alone tells the two apart. Then it gives
 * them back.
 */
export const pauseWorker: Fault = {
  target: 'worker',
  strike: async ({ cluster, worker, say, signal }) => {
    const process = cluster.workers[worker];
    const pause = (ms: number) => delay(ms, undefined, { signal });
    process?.signal('SIGSTOP');
    try {
      await pause(leaseMs / 2);
      // The database may be away.
      const taken = await takeOver(cluster.sql, `worker-${worker}-`).catch(() => []);
      await holdFor(1.5 * leaseMs, taken, cluster, pause);
      process?.signal('SIGCONT');
      await holdFor(speakMs, taken, cluster, pause);
      for (const fence of taken) say(await giveBack(fence, cluster));
    } finally {
      process?.signal('SIGCONT');
    }
  },
};

async function holdFor(
  ms: number,
  fences: Fence[],
  { runs }: Cluster,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until; await pause(beatMs))
    for (const fence of fences) await runs.heartbeat(fence, null).catch(() => undefined);
}

/** @throws if anything but the loss of our own lease has ended our attempt */
async function giveBack(fence: Fence, { runs, sql }: Cluster): Promise<string> {
  try {
    await runs.release(fence);
  } catch (error) {
    const attempt = await attemptOf(sql, fence);
    if (attempt?.outcome !== 'expired') throw error;
  }
  return `job ${fence.jobKey} was another's meanwhile`;
}
