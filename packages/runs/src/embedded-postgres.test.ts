import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { commandOfProcess } from './server-process.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded Postgres', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'toogit-postgres-'));
  const pidFile = join(directory, 'data', 'postmaster.pid');
  const pid = async () => Number.parseInt(await readFile(pidFile, 'utf8'), 10);
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('keeps its data over a restart and leaves no process', async () => {
    const first = await startEmbeddedPostgres({ directory });
    await query(first.url, 'CREATE TABLE kept (n int)');
    const server = await pid();
    await first.stop();
    expect(await commandOfProcess(server)).toBeNull();

    const second = await startEmbeddedPostgres({ directory });
    expect(await query(second.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }]);
    await second.stop();
  });

  it('stops the server that a crashed process left behind', async () => {
    await startEmbeddedPostgres({ directory });
    const leftover = await pid();
    const next = await startEmbeddedPostgres({ directory });
    expect(await pid()).not.toBe(leftover);
    expect(await commandOfProcess(leftover)).toBeNull();
    await next.stop();
  });

  it('starts again after the server was killed', async () => {
    const first = await startEmbeddedPostgres({ directory });
    await query(first.url, 'CREATE TABLE survives (n int)');
    const killed = await pid();
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => commandOfProcess(killed)).toBeNull();
    await first.stop();
    // Refused while its sessions are still about.
    const started: EmbeddedPostgres[] = [];
    const start = async () => started.push(await startEmbeddedPostgres({ directory }));
    await expect.poll(() => start().catch((error) => error.code), { timeout: 30_000 }).toBe(1);
    const url = started[0]?.url ?? '';
    expect(await query(url, 'SELECT count(*)::int AS n FROM survives')).toEqual([{ n: 0 }]);
    await started[0]?.stop();
  });

  it('does not touch a stranger that has the id of a dead server', async () => {
    await writeFile(pidFile, `${process.pid}\n${join(directory, 'data')}\n`);
    const server = await startEmbeddedPostgres({ directory });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });
});
