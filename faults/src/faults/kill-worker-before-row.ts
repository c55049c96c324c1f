import { setTimeout as delay } from 'node:timers/promises';
import { isAtWork } from '../job-rows.js';
import { whileLocked } from '../while-locked.js';
import type { Fault } from './fault.js';

const waitingWithinMs = 20_000;
/** For the worker's own job to come to its end. */
const finishMs = 2_000;

/** SIGKILL of a worker that has stored its blobs and waits to record them: the table is locked. */
export const killWorkerBeforeRow: Fault = {
  target: 'worker',
  strike: async ({ cluster, worker, note, signal }) => {
    await whileLocked(cluster.sql, 'artifacts', async (untilAwaited) => {
      const awaited = await untilAwaited(waitingWithinMs);
      await delay(finishMs, undefined, { signal });
      const atWork = await isAtWork(cluster.sql, `worker-${worker}-`).catch(() => false);
      cluster.workers[worker]?.signal('SIGKILL');
      note(`${atWork ? 'with a job in hand' : 'idle'}; results ${awaited ? 'waited' : 'did not wait'}`);
    });
  },
};
