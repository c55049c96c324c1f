import { setTimeout as delay } from 'node:timers/promises';
import type { ProxyMode } from '@toogit/testkit';
import { type Fault, outageMs } from './fault.js';

/** What is open falls silent, for good; whoever connects again is served. */
export const halfOpen: Fault = {
  target: 'connections',
  strike: async ({ cluster }) => {
    for (const proxy of Object.values(cluster.proxies)) proxy?.silence();
  },
};

/** For 30 s every connection to the service behaves as `mode` has it. */
function behaves(service: 'postgres' | 'redis' | 's3', mode: ProxyMode): Fault {
  return {
    target: service,
    strike: async ({ cluster, signal }) => {
      const proxy = cluster.proxies[service];
      if (proxy === null) throw new Error(`${service} has no proxy here`);
      await proxy.set(mode);
      try {
        await delay(outageMs, undefined, { signal });
      } finally {
        await proxy.set('pass');
      }
    },
  };
}

export const postgresGone = behaves('postgres', 'refuse');
export const redisGone = behaves('redis', 'refuse');
export const postgresSilent = behaves('postgres', 'silent');
export const redisSilent = behaves('redis', 'silent');
export const s3Silent = behaves('s3', 'silent');
export const s3Refusing = behaves('s3', 'refuse');
export const s3Slow = behaves('s3', 'slow');
export const s3Cutting = behaves('s3', 'cut');
