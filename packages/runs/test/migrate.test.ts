import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../src/migrate.js';
import { startRuns, type TestRuns } from './database.js';

const first = 'CREATE TABLE first (id INT); INSERT INTO first VALUES (1);';
/** Goes on when the test lets go of the lock. */
const held = 'CREATE TABLE held (id INT); SELECT pg_advisory_xact_lock(4711); INSERT INTO held VALUES (1);';

let server: TestRuns;
let directory: string;
let url: string;
let db: pg.Client;
let created = 0;

beforeAll(async () => {
  server = await startRuns();
});
afterAll(() => server.stop());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'toogit-migrations-'));
  const name = `migrated_${++created}`;
  await server.query(`CREATE DATABASE ${name}`);
  url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  db = new pg.Client({ connectionString: url });
  await db.connect();
  await mkdir(join(directory, 'functions'));
  await add('1_first', first);
  return async () => {
    await db.end();
    await rm(directory, { recursive: true });
  };
});

async function add(name: string, sql: string): Promise<void> {
  await mkdir(join(directory, 'migrations', name), { recursive: true });
  await writeFile(join(directory, 'migrations', name, 'migration.sql'), sql);
}

const migrations = async () =>
  (
    await db.query(`SELECT migration_name AS name, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL
      AS "rolledBack", applied_steps_count AS steps FROM _prisma_migrations ORDER BY migration_name, started_at`)
  ).rows;
const applied = (name: string) => ({ name, finished: true, rolledBack: false, steps: 1 });

/** What a release before this one left when it was killed: the row was written before the file was run. */
const interrupted = (name: string, sql: string, logs: string | null = null) =>
  db.query('INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) VALUES ($1, $2, $3, $4)', [
    ...[name, createHash('sha256').update(sql).digest('hex'), name, logs],
  ]);

/** A process that migrates, as a service does at its start. */
function starter() {
  const script = `const { migrate } = await import(process.argv[1]); await migrate(process.argv[2], process.argv[3]);`;
  const module = new URL('../dist/migrate.js', import.meta.url).href;
  return spawn(process.execPath, ['--input-type=module', '-e', script, module, url, directory], {
    stdio: 'inherit',
  });
}

async function isWaiting(): Promise<void> {
  for (;;) {
    const { rows } = await db.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' AND query LIKE '%4711%'`,
    );
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a migration whose process is killed in the middle', () => {
  it('leaves nothing behind, and the next start applies it', async () => {
    await add('2_held', held);
    await db.query('SELECT pg_advisory_lock(4711)');
    const killed = starter();
    await isWaiting();
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    await db.query('SELECT pg_advisory_unlock(4711)');

    await migrate(url, directory);
    expect(await migrations()).toEqual([applied('1_first'), applied('2_held')]);
    expect((await db.query('SELECT FROM held')).rowCount).toBe(1);
  }, 60_000);

  it('leaves no function of several, and the next start applies them all', async () => {
    const table = '../../../prisma/migrations/20261126150000_functions/migration.sql';
    await add('2_functions', await readFile(new URL(table, import.meta.url), 'utf8'));
    const returning = (name: string) =>
      `CREATE OR REPLACE FUNCTION ${name}() RETURNS INT LANGUAGE sql AS 'SELECT 1';`;
    await writeFile(join(directory, 'functions', 'one.sql'), returning('one'));
    await writeFile(
      join(directory, 'functions', 'two.sql'),
      `SELECT pg_advisory_xact_lock(4711); ${returning('two')}`,
    );
    await db.query('SELECT pg_advisory_lock(4711)');
    const killed = starter();
    await isWaiting();
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    await db.query('SELECT pg_advisory_unlock(4711)');
    // Its session ends before anybody else migrates.
    await db.query('SELECT pg_advisory_lock(72707369)');
    expect(await migrations()).toEqual([applied('1_first'), applied('2_functions')]);
    expect((await db.query('SELECT name FROM sql_functions')).rows).toEqual([]);
    expect((await db.query(`SELECT to_regproc('one') AS one`)).rows).toEqual([{ one: null }]);
    await db.query('SELECT pg_advisory_unlock(72707369)');

    await migrate(url, directory);
    expect((await db.query('SELECT name FROM sql_functions ORDER BY name')).rows).toEqual([
      { name: 'one' },
      { name: 'two' },
    ]);
    expect((await db.query('SELECT one() + two() AS sum')).rows).toEqual([{ sum: 2 }]);
  }, 60_000);

  it('by an older release is applied if it was not', async () => {
    await migrate(url, directory);
    await add('2_second', 'CREATE TABLE second ()');
    await interrupted('2_second', 'CREATE TABLE second ()');
    await migrate(url, directory);
    expect(await migrations()).toEqual([
      applied('1_first'),
      { name: '2_second', finished: false, rolledBack: true, steps: 0 },
      applied('2_second'),
    ]);
    await db.query('SELECT FROM second');
  });

  it('by an older release between the file and its row is recognised as applied', async () => {
    await migrate(url, directory);
    const second = 'CREATE TABLE second (); INSERT INTO first VALUES (2)';
    await add('2_second', second);
    await interrupted('2_second', second);
    await db.query(second);
    await migrate(url, directory);
    expect(await migrations()).toEqual([applied('1_first'), applied('2_second')]);
    expect((await db.query('SELECT FROM first')).rowCount).toBe(2);
  });
});

describe('a migration that fails', () => {
  it('is told with its reason at every start, changes nothing, and is applied once it can be', async () => {
    await add('2_second', 'CREATE TABLE second (); SELECT 1 / (SELECT count(*) - 1 FROM first)');
    for (const _ of [1, 2]) {
      await expect(migrate(url, directory)).rejects.toMatchObject({
        code: 'DATABASE_MIGRATION',
        message: expect.stringMatching(/2_second.*division by zero/),
      });
      expect(await migrations()).toEqual([applied('1_first')]);
    }
    await db.query('INSERT INTO first VALUES (2)');
    await migrate(url, directory);
    expect(await migrations()).toEqual([applied('1_first'), applied('2_second')]);
  });

  it('under an older release, whose log is there, is not taken for applied', async () => {
    await migrate(url, directory);
    await add('2_second', 'CREATE TABLE second ()');
    await interrupted('2_second', 'CREATE TABLE second ()', 'relation "second" already exists');
    await db.query('CREATE TABLE second ()');
    await expect(migrate(url, directory)).rejects.toMatchObject({ code: 'DATABASE_MIGRATION' });
    await db.query('DROP TABLE second');
    await migrate(url, directory);
    expect((await migrations()).at(-1)).toEqual(applied('2_second'));
  });
});

it('is applied once, however many processes start at once', async () => {
  await add('2_second', 'CREATE TABLE second (id INT); INSERT INTO second VALUES (1)');
  const starters = Array.from({ length: 4 }, starter);
  for (const [code] of await Promise.all(starters.map((one) => once(one, 'exit')))) expect(code).toBe(0);
  expect(await migrations()).toEqual([applied('1_first'), applied('2_second')]);
  expect((await db.query('SELECT FROM second')).rowCount).toBe(1);
}, 60_000);
