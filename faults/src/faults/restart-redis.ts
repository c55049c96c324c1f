import type { Fault } from './fault.js';

export const restartRedis: Fault = {
  target: 'redis',
  strike: async ({ cluster }) => {
    await cluster.redis.stop();
    await cluster.redis.start();
  },
};
