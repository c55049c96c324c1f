import { setTimeout as delay } from 'node:timers/promises';
import type { Fence } from '@toogit/runs';
import { type Cluster, leaseMs } from '../cluster.js';
import { attemptOf, isAtWork, takeOver } from '../job-rows.js';
import type { Fault } from './fault.js';

const beatMs = 500;
const workWithinMs = 20_000;
const lookMs = 50;
/** For the worker to report what it has to report. */
const speakMs = 2_000;

/**
 * SIGSTOP for two leases. Half a lease on, its jobs are another's: the campaign claims them, and keeps them until the
 * worker has gone on and reported its result, so that the attempt's number alone distinguishes the two. Then it gives
 * them back.
 */
export const pauseWorker: Fault = {
  target: 'worker',
  strike: async ({ cluster, worker, note, signal }) => {
    const pause = (ms: number) => delay(ms, undefined, { signal });
    try {
      await stopAtWork(cluster, worker, pause);
      await pause(leaseMs / 2);
      // The database may be away.
      const taken = await takeOver(cluster.sql, nameOf(worker)).catch(() => []);
      await holdFor(1.5 * leaseMs, taken, cluster, pause);
      cluster.workers[worker]?.signal('SIGCONT');
      await holdFor(speakMs, taken, cluster, pause);
      for (const fence of taken) note(await giveBack(fence, cluster));
    } finally {
      cluster.workers[worker]?.signal('SIGCONT');
    }
  },
};

const nameOf = (worker: number) => `worker-${worker}-`;

/** With a job under way, unless none comes. */
async function stopAtWork(
  { sql, workers }: Cluster,
  worker: number,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  for (const until = Date.now() + workWithinMs; Date.now() < until; await pause(lookMs)) {
    if (!(await isAtWork(sql, nameOf(worker)).catch(() => false))) continue;
    workers[worker]?.signal('SIGSTOP');
    // What it had sent before it was stopped has arrived by now.
    await pause(lookMs);
    if (await isAtWork(sql, nameOf(worker)).catch(() => true)) return;
    workers[worker]?.signal('SIGCONT');
  }
  workers[worker]?.signal('SIGSTOP');
}

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
