import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/embedded-postgres.js';
import { openRuns } from '../src/open-runs.js';
import type { Runs } from '../src/runs.js';

export interface TestRuns {
  runs: Runs;
  url: string;
  query<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Instead of waiting. */
  clearBackoff(): Promise<void>;
  /** As if every running attempt had been silent for so long. */
  rewindHeartbeats(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export type Server = 'embedded' | 'container';

/** Whether Postgres can be had as it runs in production; asked of testcontainers only where there is a trace of Docker. */
export async function dockerAnswers(): Promise<boolean> {
  if (process.env.TOOGIT_TEST_SERVICES === 'local') return false;
  if (!process.env.DOCKER_HOST && !existsSync('/var/run/docker.sock')) return false;
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

/** Tests that don't say which run on the embedded one, or, with TOOGIT_TEST_POSTGRES=container, all in a container. */
const usual: Server = process.env.TOOGIT_TEST_POSTGRES === 'container' ? 'container' : 'embedded';

async function startServer(
  server: Server,
  directory: string,
): Promise<{ url: string; stop(): Promise<unknown> }> {
  if (server === 'embedded') return startEmbeddedPostgres({ directory, settings: { fsync: 'off' } });
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true'; // `stop` is called, so that its reaper isn't needed
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer('postgres:15-bookworm')
    .withEnvironment({ POSTGRES_PASSWORD: 'test' })
    .withCommand(['postgres', '-c', 'fsync=off'])
    .withExposedPorts(5432)
    // Once while it initialises, once for good.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start();
  const url = `postgresql://postgres:test@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
  return { url, stop: () => container.stop() };
}

/** A migrated database on a server of its own (the test kit builds on this package, so it can't be used here). */
export async function startRuns(kind: Server = usual): Promise<TestRuns> {
  const directory = await mkdtemp(join(tmpdir(), 'toogit-runs-'));
  const server = await startServer(kind, directory);
  const runs = openRuns(server.url);
  await runs.migrate();
  const admin = new pg.Client({ connectionString: server.url, application_name: 'test' });
  await admin.connect();
  return {
    runs,
    url: server.url,
    query: async (sql, values) => (await admin.query(sql, values)).rows,
    clearBackoff: async () => {
      await admin.query('UPDATE jobs SET not_before = NULL');
    },
    rewindHeartbeats: async (ms) => {
      await admin.query("UPDATE jobs SET heartbeat_at = heartbeat_at - interval '1 millisecond' * $1", [ms]);
    },
    stop: async () => {
      await admin.end();
      await runs.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
