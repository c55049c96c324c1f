import { openRuns } from '@toogit/runs';
import { createTestDatabase, startRedis, waitFor } from '@toogit/testkit';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { startConsumer } from '../src/consumer.js';
import { startDispatcher } from '../src/dispatcher.js';
import { describeDriver } from './conformance.js';
import { independentJobs } from './jobs.js';

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

  describe('Redis that goes away', () => {
    it('refuses pushes, and gets everything once it is back, empty', async () => {
      const first = await startRedis();
      const database = await createTestDatabase();
      if (!first) throw new Error('redis-server started a moment ago');
      const runs = openRuns(database.url);
      await runs.migrate();
      const connection = { driver: 'redis', url: first.url } as const;
      const dispatcher = await startDispatcher({ connection, runs });
      const delivered = new Set<string>();
      const process = async ({ jobKey }: { jobKey: string }) => void delivered.add(jobKey);
      const consumer = await startConsumer({ connection, resources: ['tensor'], concurrency: 1, process });
      const { ready } = await runs.createExperiment(independentJobs(3));

      await first.stop();
      await expect(dispatcher.push(ready)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
      await expect(dispatcher.check()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });

      const second = await startRedis({ port: Number(new URL(first.url).port) });
      dispatcher.startSweep({ intervalMs: 200, leaseMs: 30_000, repushMs: 500 });
      await waitFor(() => delivered.size === 3, 40_000);
      await Promise.all([consumer.close(), dispatcher.close()]);
      await runs.close();
      await Promise.all([second?.stop(), database.stop()]);
    });

    it('is QUEUE_UNAVAILABLE at the start, too', async () => {
      const connection = { driver: 'redis', url: 'redis://127.0.0.1:1' } as const;
      const runs = openRuns('postgresql://nobody@127.0.0.1:1/none');
      await expect(startDispatcher({ connection, runs })).rejects.toMatchObject({
        code: 'QUEUE_UNAVAILABLE',
      });
      await runs.close();
    });
  });
} else {
  describe.skip('the queue on Redis', () => {
    it('needs a redis-server', () => {});
  });
}
