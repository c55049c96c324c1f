import type { Fault } from './fault.js';

export const flushRedis: Fault = {
  target: 'redis',
  strike: async ({ cluster }) => {
    await cluster.redis.ask((client) => client.flushall());
  },
};
