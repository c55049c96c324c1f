import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@toogit/runs/embedded';
import pg from 'pg';

export interface TestService {
  url: string;
  stop(): Promise<void>;
}

/** A Postgres of its own in a temporary directory, without durability; `stop` removes everything. Ready in about 1 s. */
export async function startPostgres(): Promise<TestService> {
  const directory = await mkdtemp(join(tmpdir(), 'toogit-test-postgres-'));
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const server = await startEmbeddedPostgres({ directory, settings });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

let shared: { server: Promise<EmbeddedPostgres>; users: number } | null = null;
let created = 0;

/** A fresh, empty database on a server that all callers in this process share; the last one to stop stops the server. */
export async function createTestDatabase(): Promise<TestService> {
  shared ??= { server: startPostgres(), users: 0 };
  const mine = shared;
  mine.users += 1;
  const server = await mine.server;
  const name = `test_${++created}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    stop: async () => {
      mine.users -= 1;
      if (mine.users > 0) return;
      if (shared === mine) shared = null;
      await server.stop();
    },
  };
}
