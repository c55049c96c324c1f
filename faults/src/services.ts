import { join } from 'node:path';
import { openRuns, type Runs } from '@toogit/runs';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@toogit/runs/embedded';
import { ServiceProxy, startS3 } from '@toogit/testkit';
import pg from 'pg';
import { DirectoryStore } from './directory-store.js';
import { RedisServer } from './redis-server.js';
import { S3Store } from './s3-store.js';
import type { Store } from './store.js';

export interface Services {
  redis: RedisServer;
  store: Store;
  runs: Runs;
  sql: pg.Pool;
  /** Between the services and the processes that are hurt; the campaign's own requests go past them. */
  proxies: { postgres: ServiceProxy; redis: ServiceProxy; s3: ServiceProxy | null };
  /** Environment variables that name the services to those processes. */
  environment: Record<string, string>;
  restartPostgres(): Promise<void>;
}

/** It is restarted, never killed. */
const settings = { fsync: 'off' };

/** What has been opened, to be closed in reverse. */
export type Closers = (() => Promise<unknown>)[];

/** Postgres with our tables, Redis, and blobs in S3 or a directory. */
export async function startServices(data: string, closers: Closers): Promise<Services> {
  const directory = join(data, 'postgres');
  let postgres: EmbeddedPostgres = await startEmbeddedPostgres({ directory, settings });
  closers.push(() => postgres.stop());
  const { url } = postgres;
  const port = Number(new URL(url).port);
  const redis = await RedisServer.start(join(data, 'redis'));
  closers.push(() => redis.stop());
  const store = await startStore(join(data, 'artifacts'));
  closers.push(() => store.stop());

  const proxies = {
    postgres: await ServiceProxy.to(url),
    redis: await ServiceProxy.to(redis.url),
    s3: store.url === null ? null : await ServiceProxy.to(store.url),
  };
  closers.push(() => Promise.all(Object.values(proxies).map((proxy) => proxy?.close())));

  const runs = openRuns(url);
  closers.push(() => runs.close());
  await runs.migrate();
  const sql = new pg.Pool({ connectionString: url, max: 4 });
  sql.on('error', () => undefined);
  closers.push(() => sql.end());
  return {
    ...{ redis, store, runs, sql, proxies },
    environment: {
      DATABASE_URL: proxies.postgres.url,
      REDIS_URL: proxies.redis.url,
      ...store.environment(proxies.s3?.url ?? null),
    },
    restartPostgres: async () => {
      await postgres.stop();
      postgres = await startEmbeddedPostgres({ directory, port, settings });
    },
  };
}

/** A run needs about 20 MB. */
const diskBytes = 256 * 1024 * 1024;

/** S3 if it is to be had here. */
async function startStore(directory: string): Promise<Store> {
  const service = await startS3({ diskBytes });
  return service === null ? new DirectoryStore(directory) : S3Store.create(service);
}

/** Tables that a run fills; who may ask and who works there stay. */
const filled = [
  ...['experiments', 'experiment_steps', 'experiment_jobs', 'jobs', 'job_edges', 'attempts'],
  ...['artifacts', 'artifact_parts', 'metrics', 'condemned_blobs', 'webhooks', 'webhook_deliveries'],
];
const attemptsApart = 1_000;

/**
 * As if nothing had ever been run there. Attempts are counted from another number on in every round, so that a late
 * word on an attempt of an earlier round is fenced off.
 */
export async function clear({ sql, store }: Services, round: number): Promise<void> {
  // With whatever refers to them.
  await sql.query(`TRUNCATE ${filled.join(', ')} CASCADE`);
  await sql.query(`ALTER TABLE jobs ALTER attempt SET DEFAULT ${attemptsApart * round}`);
  await store.empty();
}
