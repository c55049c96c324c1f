import { setTimeout as delay } from 'node:timers/promises';
import { leaseMs } from '../cluster.js';
import type { Fault } from './fault.js';

/** SIGSTOP for two leases: others take over its jobs, and what it says when it goes on must not count. */
export const pauseWorker: Fault = {
  target: 'worker',
  strike: async ({ cluster, worker }) => {
    cluster.workers[worker]?.signal('SIGSTOP');
    await delay(2 * leaseMs);
    cluster.workers[worker]?.signal('SIGCONT');
  },
};
