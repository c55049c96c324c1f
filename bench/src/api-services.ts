import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRuns } from '@toogit/runs';
import { startEmbeddedPostgres } from '@toogit/runs/embedded';
import { freePort, startRedis, waitFor } from '@toogit/testkit';
import pg from 'pg';

/** An HTTP service that is measured. */
export interface Rival {
  url: string;
  headers: Record<string, string>;
}

export interface ApiServices {
  ours: Rival;
  bare: Rival;
  stop(): Promise<void>;
}

const script = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const startWithinMs = 180_000;

/**
 * Our API and the bare service, each a process of its own over one durable Postgres (what is committed is on the disk),
 * where each has a database with `stored` experiments of one finished job.
 */
export async function startApiServices(stored: number): Promise<ApiServices> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), 'toogit-bench-api-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const postgres = await startEmbeddedPostgres({ directory });
    closers.push(() => postgres.stop());
    const [ourUrl, bareUrl] = [
      await newDatabase(postgres.url, 'ours'),
      await newDatabase(postgres.url, 'bare'),
    ];
    for (const url of [ourUrl, bareUrl]) await fill(url, stored);
    const ours = await startOurs(ourUrl, join(directory, 'artifacts'), closers);
    const bare = await startBare(bareUrl, closers);
    return { ours, bare, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function newDatabase(serverUrl: string, name: string): Promise<string> {
  await query(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const runs = openRuns(url.href);
  await runs.migrate();
  await runs.close();
  return url.href;
}

/** Rows as submissions leave them behind, with a resolved spec of 2 kB, a second apart. */
async function fill(url: string, stored: number): Promise<void> {
  await query(
    url,
    `INSERT INTO experiments (name, spec, resolved_spec, spec_digest, project_id, state, created_at, finished_at)
     SELECT 'experiment ' || n, '{"steps": {}}', jsonb_build_object('text', repeat(md5(n::text), 64)),
       encode(sha256(n::text::bytea), 'hex'), 'default', 'succeeded',
       now() - (${stored} - n) * interval '1 second', now()
     FROM generate_series(1, ${stored}) n;
     INSERT INTO jobs (key, kind, version, params, seed, resource, depth, estimated_flops, estimated_bytes,
       max_attempts, state)
     SELECT spec_digest, 'dataset', 1, '{}', 0, 'cpu', 0, 1, 1, 3, 'succeeded' FROM experiments;
     INSERT INTO experiment_jobs (experiment_id, job_key, step, position)
     SELECT id, spec_digest, 'images', 0 FROM experiments;
     ANALYZE`,
  );
}

async function startOurs(
  databaseUrl: string,
  artifacts: string,
  closers: (() => Promise<unknown>)[],
): Promise<Rival> {
  const redis = await startRedis();
  if (redis === null) throw new Error('There is no Docker, and no redis-server on PATH.');
  closers.push(() => redis.stop());
  const port = String(await freePort());
  const runs = openRuns(databaseUrl);
  const { apiKey } = await runs.access.createKey({
    ...{
      name: 'bench',
      scope: 'submit',
      projectId: 'default',
      requestsPerMinute: 1_000_000,
      expiresAt: null,
    },
  });
  await runs.close();
  const api = launch([script('apps/api/dist/main.js')], {
    ...{ DATABASE_URL: databaseUrl, REDIS_URL: redis.url, TOOGIT_ARTIFACTS_DIR: artifacts, S3_BUCKET: '' },
    ...{ TOOGIT_HOST: '127.0.0.1', TOOGIT_PORT: port, LOG_LEVEL: 'warn' },
  });
  closers.push(() => end(api));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, startWithinMs);
  return { url: `${url}/v1/experiments`, headers: { authorization: `Bearer ${apiKey}` } };
}

async function startBare(databaseUrl: string, closers: (() => Promise<unknown>)[]): Promise<Rival> {
  const port = String(await freePort());
  const service = launch([script('bench/peer/bare-api.mjs'), port, databaseUrl], {});
  closers.push(() => end(service));
  const url = `http://127.0.0.1:${port}/experiments`;
  await waitFor(async () => (await fetch(`${url}?limit=1`)).ok, startWithinMs);
  return { url, headers: {} };
}

function launch(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(sql);
  await client.end();
}
