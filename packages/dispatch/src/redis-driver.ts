import { Queue, Worker } from 'bullmq';
import type { Delivery } from './dispatch.js';
import type { QueueDriver } from './queue-driver.js';

/** Redis 6.2 or later, with `maxmemory-policy noeviction`. BullMQ opens its connections through ioredis. */
export function openRedisDriver(url: string): QueueDriver {
  return {
    openQueue: (name) =>
      new Queue<Delivery>(name, {
        connection: { url, maxRetriesPerRequest: 3 },
        // Nobody reads the event stream.
        streams: { events: { maxLen: 100 } },
      }),
    openWorker: (name, process, settings) =>
      new Worker<Delivery, void>(name, process, {
        connection: { url, maxRetriesPerRequest: null },
        ...settings,
      }),
  };
}
