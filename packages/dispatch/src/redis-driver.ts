import { Queue, Worker } from 'bullmq';
import type { Delivery } from './dispatch.js';
import type { QueueDriver } from './queue-driver.js';

/**
 * A connection on which a command has waited for so long without a byte is made anew. BullMQ's longest wait for a job, which
 * is one command, is ten seconds.
 */
export const redisLimits = { connectTimeout: 10_000, keepAlive: 10_000, socketTimeout: 20_000 };

/** Redis 6.2 or later, with `maxmemory-policy noeviction`. BullMQ opens its connections through ioredis. */
export function openRedisDriver(url: string): QueueDriver {
  return {
    openQueue: (name) =>
      new Queue<Delivery>(name, {
        connection: { url, ...redisLimits, maxRetriesPerRequest: 3 },
        // Nobody reads the event stream.
        streams: { events: { maxLen: 100 } },
      }),
    openWorker: (name, process, settings) =>
      new Worker<Delivery, void>(name, process, {
        connection: { url, ...redisLimits, maxRetriesPerRequest: null },
        ...settings,
      }),
  };
}
