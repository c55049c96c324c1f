import { oneOf } from '../random.js';
import type { Fault } from './fault.js';

/** SIGKILL of a compute process, as the kernel does when memory runs out. */
export const killComputeChild: Fault = {
  target: 'worker',
  strike: async ({ cluster, worker, random, note }) => {
    const children = (await cluster.workers[worker]?.children()) ?? [];
    if (children.length === 0) return note('no child there');
    process.kill(oneOf(random, children), 'SIGKILL');
  },
};
