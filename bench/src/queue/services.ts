import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dispatcher, type QueueConnection, startDispatcher } from '@toogit/dispatch';
import { openRuns, type Runs } from '@toogit/runs';
import { startEmbeddedPostgres } from '@toogit/runs/embedded';
import { startRedis } from '@toogit/testkit';

export interface QueueServices {
  redisUrl: string;
  databaseUrl: string;
  connection: QueueConnection;
  runs: Runs;
  dispatcher: Dispatcher;
  stop(): Promise<void>;
}

/** Postgres and Redis as in production: every commit on disk, an append-only file. */
export async function startQueueServices(): Promise<QueueServices> {
  const redis = await startRedis();
  if (!redis) throw new Error('There is no Docker, and no redis-server on PATH.');
  const directory = await mkdtemp(join(tmpdir(), 'toogit-bench-'));
  const postgres = await startEmbeddedPostgres({ directory });
  const runs = openRuns(postgres.url);
  await runs.migrate();
  const connection: QueueConnection = { driver: 'redis', url: redis.url };
  const dispatcher = await startDispatcher({ connection, runs });
  return {
    ...{ redisUrl: redis.url, databaseUrl: postgres.url, connection, runs, dispatcher },
    stop: async () => {
      await dispatcher.close();
      await runs.close();
      await postgres.stop();
      await redis.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
