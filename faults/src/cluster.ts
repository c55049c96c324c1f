import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openRuns, type Runs } from '@toogit/runs';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@toogit/runs/embedded';
import { freePort, startS3, waitFor } from '@toogit/testkit';
import pg from 'pg';
import { writeImages } from './experiment.js';
import { RedisServer } from './redis-server.js';
import { workers } from './schedule.js';
import { ServiceProxy } from './service-proxy.js';
import { Store } from './store.js';
import { Submitter } from './submitter.js';
import { SupervisedProcess } from './supervised-process.js';

/** Leases and locks are short, so that a loss is mended within seconds. */
export const leaseMs = 6_000;
const recovery = {
  TOOGIT_SWEEP_MS: '1000',
  TOOGIT_LEASE_MS: String(leaseMs),
  TOOGIT_REPUSH_MS: '5000',
  TOOGIT_LOCK_MS: String(leaseMs),
};
const readyWithinMs = 180_000;

export interface Cluster {
  /** Marks every process of this cluster in its environment. */
  mark: string;
  api: SupervisedProcess;
  workers: SupervisedProcess[];
  /** Between the services and those processes; what the campaign itself asks goes past them. */
  proxies: { postgres: ServiceProxy; redis: ServiceProxy; s3: ServiceProxy };
  redis: RedisServer;
  store: Store;
  runs: Runs;
  sql: pg.Pool;
  submitter: Submitter;
  restartPostgres(): Promise<void>;
  /** SIGTERM to the API and the workers; names those that had to be killed. */
  stopProcesses(): Promise<string[]>;
  /** Everything else, too. */
  stop(): Promise<void>;
}

/** Postgres, Redis, S3, one API and four workers, all real processes on this machine; logs go to a directory. */
export async function startCluster(logs: string): Promise<Cluster> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return { ...(await start(logs, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(logs: string, closers: (() => Promise<unknown>)[]): Promise<Omit<Cluster, 'stop'>> {
  const data = await mkdtemp(join(tmpdir(), 'toogit-faults-'));
  closers.push(() => rm(data, { recursive: true, force: true }));
  await mkdir(logs, { recursive: true });
  await writeImages(join(data, 'images'));

  const services = await startServices(data, closers);
  const { postgres, redis, store } = services;
  const proxies = {
    postgres: await ServiceProxy.to(Number(new URL(postgres.url).port)),
    redis: await ServiceProxy.to(redis.port),
    s3: await ServiceProxy.to(store.port),
  };
  closers.push(() => Promise.all(Object.values(proxies).map((proxy) => proxy.close())));

  const runs = openRuns(postgres.url);
  closers.push(() => runs.close());
  await runs.migrate();
  const sql = new pg.Pool({ connectionString: postgres.url, max: 4 });
  sql.on('error', () => undefined);
  closers.push(() => sql.end());

  const mark = `${process.pid}-${Date.now()}`;
  const apiPort = await freePort();
  const databaseUrl = new URL(postgres.url);
  databaseUrl.port = String(proxies.postgres.port);
  const environment = {
    TOOGIT_FAULTS_MARK: mark,
    DATABASE_URL: databaseUrl.href,
    REDIS_URL: `redis://127.0.0.1:${proxies.redis.port}`,
    TOOGIT_ARTIFACTS_DIR: '',
    S3_CA_FILE: '',
    ...store.environment(proxies.s3.port),
    ...recovery,
    TOOGIT_PORT: String(apiPort),
    TOOGIT_METRICS_PORT: '',
    TOOGIT_DEVICE: 'cpu',
    TOOGIT_THREADS: '1',
    TOOGIT_RESTRICTED_IMAGENET_DIR: join(data, 'images'),
  };
  const api = new SupervisedProcess(
    resolve('apps/api/dist/main.js'),
    join(logs, 'api.log'),
    () => environment,
  );
  closers.push(() => api.stop());
  // A worker that was killed keeps its name until its lease is over: the next life has another one.
  const all = Array.from({ length: workers }, (_, worker) => {
    return new SupervisedProcess(
      resolve('apps/worker/dist/main.js'),
      join(logs, `worker-${worker}.log`),
      (starts) => ({ ...environment, TOOGIT_WORKER_NAME: `worker-${worker}-${starts}` }),
    );
  });
  closers.push(() => Promise.all(all.map((worker) => worker.stop())));

  const { apiKey } = await runs.access.createKey({
    ...{ name: 'faults', scope: 'submit', projectId: 'default', requestsPerMinute: null, expiresAt: null },
  });
  const submitter = new Submitter(`http://127.0.0.1:${apiPort}`, apiKey);
  const processes = { api, ...Object.fromEntries(all.map((worker, i) => [`worker ${i}`, worker])) };
  await waitFor(() => submitter.ready(), readyWithinMs);
  return {
    ...{ mark, api, workers: all, proxies, redis, store, runs, sql, submitter },
    restartPostgres: services.restartPostgres,
    stopProcesses: async () => {
      const ends = Object.entries(processes).map(async ([name, each]) => ((await each.stop()) ? [] : [name]));
      return (await Promise.all(ends)).flat();
    },
  };
}

async function startServices(data: string, closers: (() => Promise<unknown>)[]) {
  const directory = join(data, 'postgres');
  let postgres: EmbeddedPostgres = await startEmbeddedPostgres({ directory });
  closers.push(() => postgres.stop());
  const port = Number(new URL(postgres.url).port);
  const redis = await RedisServer.start(join(data, 'redis'));
  closers.push(() => redis.stop());
  const s3 = await startS3();
  if (s3 === null) throw new Error('the campaign needs an S3 service: see faults/README.md');
  closers.push(() => s3.stop());
  const store = new Store(s3);
  closers.push(async () => store.close());
  await store.createBucket();
  return {
    ...{ postgres, redis, store },
    restartPostgres: async () => {
      await postgres.stop();
      postgres = await startEmbeddedPostgres({ directory, port });
    },
  };
}
