import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, outageMs } from './fault.js';

/** Redis goes, and in the midst of it a worker is stopped in order: it must end by itself in its time. */
export const redisGoneThenSigterm: Fault = {
  target: 'redis',
  strike: async ({ cluster, worker, note, signal }) => {
    const { redis } = cluster.proxies;
    await redis.set('refuse');
    try {
      await delay(outageMs / 2, undefined, { signal });
      if (!(await cluster.workers[worker]?.restart()))
        throw new Error(`worker ${worker} did not end on SIGTERM`);
      note(`worker ${worker} has ended by itself`);
      await delay(outageMs / 2, undefined, { signal });
    } finally {
      await redis.set('pass');
    }
  },
};
