import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openRuns } from '@toogit/runs';
import { freePort, startRedis, waitFor } from '@toogit/testkit';
import pg from 'pg';

export const script = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const startWithinMs = 180_000;

export async function newDatabase(serverUrl: string, name: string): Promise<string> {
  await query(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const runs = openRuns(url.href);
  await runs.migrate();
  await runs.close();
  return url.href;
}

/** Rows as submissions of a project leave them behind, with a resolved spec of 2 kB, a second apart. */
export async function fill(url: string, stored: number, project = 'default'): Promise<void> {
  await query(
    url,
    `INSERT INTO experiments (name, spec, resolved_spec, spec_digest, project_id, state, created_at, finished_at)
     SELECT 'experiment ' || n, '{"steps": {}}', jsonb_build_object('text', repeat(md5(n::text), 64)),
       encode(sha256(n::text::bytea), 'hex'), '${project}', 'succeeded',
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

/** Our API as it is deployed, a process of its own, over Redis. */
export async function startApi(
  databaseUrl: string,
  artifacts: string,
  closers: (() => Promise<unknown>)[],
): Promise<string> {
  const redis = await startRedis();
  if (redis === null) throw new Error('There is no Docker, and no redis-server on PATH.');
  closers.push(() => redis.stop());
  const port = String(await freePort());
  const api = launch([script('apps/api/dist/main.js')], {
    ...{ DATABASE_URL: databaseUrl, REDIS_URL: redis.url, TOOGIT_ARTIFACTS_DIR: artifacts, S3_BUCKET: '' },
    ...{ TOOGIT_HOST: '127.0.0.1', TOOGIT_PORT: port, LOG_LEVEL: 'warn' },
  });
  closers.push(() => end(api));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, startWithinMs);
  return url;
}

/** The header of a key that no rate limit concerns. */
export async function authorization(databaseUrl: string, projectId: string) {
  const runs = openRuns(databaseUrl);
  const { apiKey } = await runs.access.createKey({
    ...{ name: 'bench', scope: 'submit', projectId, requestsPerMinute: 1_000_000, expiresAt: null },
  });
  await runs.close();
  return { authorization: `Bearer ${apiKey}` };
}

export function launch(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

export async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(sql);
  await client.end();
}
