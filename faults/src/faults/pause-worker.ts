import { setTimeout as delay } from 'node:timers/promises';
import { leaseMs } from '../cluster.js';
import type { Fault } from './fault.js';

/** SIGSTOP for two leases: others take over its jobs, and what it says when it goes on must not count. */
export const pauseWorker: Fault = {
  target: 'worker',
  strike: async ({ cluster, worker, signal }) => {
    cluster.workers[worker]?.signal('SIGSTOP');
    try {
      await delay(2 * leaseMs, undefined, { signal });
    } finally {
      cluster.workers[worker]?.signal('SIGCONT');
    }
  },
};
