import { startRedis } from '@toogit/testkit';
import { Redis } from 'ioredis';
import { afterAll, describe, it } from 'vitest';
import { describeDriver } from './conformance.js';

const server = await startRedis();
if (server) {
  afterAll(() => server.stop());
  describeDriver('Redis', async () => ({
    connection: { driver: 'redis', url: server.url },
    loseAll: async () => {
      const client = new Redis(server.url);
      await client.flushall();
      await client.quit();
    },
  }));
} else {
  describe.skip('the queue on Redis', () => {
    it('needs a redis-server', () => {});
  });
}
