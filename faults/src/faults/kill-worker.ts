import type { Fault } from './fault.js';

/** SIGKILL of a worker's parent: its compute children must end by themselves, its jobs start elsewhere. */
export const killWorker: Fault = {
  target: 'worker',
  strike: async ({ cluster, worker }) => cluster.workers[worker]?.signal('SIGKILL'),
};
