import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../src/migrate.js';
import { startRuns, type TestRuns } from './database.js';

const prisma = fileURLToPath(new URL('../../../prisma', import.meta.url));
const table = '20261126150000_functions';

let server: TestRuns;
let created = 0;
beforeAll(async () => {
  server = await startRuns();
});
afterAll(() => server.stop());

async function openDatabase(): Promise<{ url: string; db: pg.Client }> {
  const name = `functions_${++created}`;
  await server.query(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  return { url, db };
}

/** What extensions brought is not ours. */
const ours = `pronamespace = 'public'::regnamespace AND NOT EXISTS (
  SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')`;

async function live(db: pg.Client) {
  const functions = await db.query<{ name: string; definition: string }>(
    `SELECT proname AS name, pg_get_functiondef(oid) AS definition FROM pg_proc WHERE ${ours} ORDER BY 1, 2`,
  );
  const triggers = await db.query<{ definition: string }>(
    'SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1',
  );
  return { functions: functions.rows, triggers: triggers.rows };
}

describe('prisma/functions', () => {
  let url: string;
  let db: pg.Client;
  let files: string[];
  beforeAll(async () => {
    ({ url, db } = await openDatabase());
    await migrate(url);
    files = (await readdir(join(prisma, 'functions'))).toSorted();
  });
  afterAll(() => db.end());

  it('has a file for every function of the database, by its name, and no other', async () => {
    const { functions } = await live(db);
    expect(functions.map(({ name }) => `${name}.sql`)).toEqual(files);
  });

  it('defines all functions and triggers, without the migrations before', async () => {
    const migrated = await live(db);
    await db.query(`DO $$ DECLARE one REGPROCEDURE; BEGIN
      FOR one IN SELECT oid FROM pg_proc WHERE ${ours} LOOP
        EXECUTE 'DROP FUNCTION ' || one || ' CASCADE';
      END LOOP;
    END $$`);
    expect(await live(db)).toEqual({ functions: [], triggers: [] });
    await db.query('DELETE FROM sql_functions');
    await migrate(url);
    expect(await live(db)).toEqual(migrated);
  });

  it('has bodies that Postgres accepts', async () => {
    await db.query('BEGIN; SET LOCAL check_function_bodies = on');
    for (const file of files) await db.query(await readFile(join(prisma, 'functions', file), 'utf8'));
    await db.query('ROLLBACK');
  });

  it('is the only place: no migration since defines a function or a trigger', async () => {
    const names = await readdir(join(prisma, 'migrations'), { withFileTypes: true });
    for (const { name } of names.filter((entry) => entry.isDirectory() && entry.name >= table)) {
      const sql = await readFile(join(prisma, 'migrations', name, 'migration.sql'), 'utf8');
      expect(sql, name).not.toMatch(
        /CREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?(FUNCTION|PROCEDURE|TRIGGER)/i,
      );
    }
  });
});

describe('functions', () => {
  let url: string;
  let db: pg.Client;
  let directory: string;
  beforeEach(async () => {
    ({ url, db } = await openDatabase());
    directory = await release(await readFile(join(prisma, 'migrations', table, 'migration.sql'), 'utf8'));
    return async () => {
      await db.end();
      await rm(directory, { recursive: true });
    };
  });

  /** A prisma folder with the table and no function. */
  async function release(migration: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'toogit-functions-'));
    await mkdir(join(folder, 'migrations', table), { recursive: true });
    await writeFile(join(folder, 'migrations', table, 'migration.sql'), migration);
    await mkdir(join(folder, 'functions'));
    return folder;
  }

  const write = (name: string, sql: string) => writeFile(join(directory, 'functions', `${name}.sql`), sql);
  const returning = (name: string, value: string) =>
    `CREATE OR REPLACE FUNCTION ${name}() RETURNS INT LANGUAGE sql AS 'SELECT ${value}';`;
  const resultOf = async (name: string) => (await db.query(`SELECT ${name}() AS value`)).rows[0].value;
  /** Another one for every time that the function was defined. */
  const versions = async () =>
    (await db.query(`SELECT proname, xmin::TEXT FROM pg_proc WHERE ${ours} ORDER BY 1`)).rows;

  it('are applied when their content has changed, and only then', async () => {
    await write('one', returning('one', '1'));
    await write('two', returning('two', '2'));
    await migrate(url, directory);
    const [one, two] = await versions();
    await migrate(url, directory);
    expect(await versions()).toEqual([one, two]);

    await write('two', returning('two', '22'));
    await migrate(url, directory);
    expect(await resultOf('two')).toBe(22);
    expect((await versions())[0]).toEqual(one);
    const { rows } = await db.query('SELECT name FROM sql_functions ORDER BY applied_at, name');
    expect(rows.map(({ name }) => name)).toEqual(['one', 'two', 'two']);
  });

  it('may call one another in any order, and may change what they return', async () => {
    await write('first', returning('first', 'second()'));
    await write('second', returning('second', '2'));
    await migrate(url, directory);
    expect(await resultOf('first')).toBe(2);

    await write(
      'first',
      `DROP FUNCTION IF EXISTS first(); CREATE FUNCTION first() RETURNS TEXT LANGUAGE sql AS $$ SELECT 'two' $$`,
    );
    await migrate(url, directory);
    expect(await resultOf('first')).toBe('two');
  });

  it('are all as they were when one fails, which is named, and are applied once it can be', async () => {
    await write('one', returning('one', '1'));
    await write('two', returning('two', '2'));
    await migrate(url, directory);
    await write('one', returning('one', '11'));
    await write('two', `CREATE OR REPLACE FUNCTION two() RETURNS TEXT LANGUAGE sql AS $$ SELECT 'two' $$`);
    for (const _ of ['now', 'next']) {
      await expect(migrate(url, directory)).rejects.toMatchObject({
        code: 'DATABASE_MIGRATION',
        message: expect.stringMatching(/Function two failed.*return type/),
      });
      expect(await resultOf('one')).toBe(1);
    }
    await write('two', returning('two', '22'));
    await migrate(url, directory);
    expect([await resultOf('one'), await resultOf('two')]).toEqual([11, 22]);
  });

  it('stay those of the newer release when a process of the older one starts again', async () => {
    await write('one', returning('one', '1'));
    await migrate(url, directory);
    await write('one', returning('one', '2'));
    await migrate(url, directory);
    await write('one', returning('one', '1'));
    await migrate(url, directory);
    expect(await resultOf('one')).toBe(2);
  });

  it('are not applied by a release that lacks a migration of the database', async () => {
    await write('one', returning('one', '2'));
    await migrate(url, directory);
    await db.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
      VALUES ('next', '', '99990101000000_of_the_next_release', now())`);
    await write('one', returning('one', '1'));
    await migrate(url, directory);
    expect(await resultOf('one')).toBe(2);
  });

  it('are refused by name to a user that may not migrate', async () => {
    await migrate(url, directory);
    await db.query("CREATE ROLE reader LOGIN PASSWORD 'reader'");
    await db.query('GRANT SELECT ON _prisma_migrations, sql_functions TO reader');
    await write('one', returning('one', '1'));
    const asReader = Object.assign(new URL(url), { username: 'reader', password: 'reader' }).href;
    await expect(migrate(asReader, directory)).rejects.toMatchObject({
      code: 'DATABASE_MIGRATION',
      message: expect.stringMatching(/lacks this release's one, .*may not apply/),
    });
  });

  it('are applied again when their locks and those of a running service were a deadlock', async () => {
    await db.query('CREATE TABLE a (); CREATE TABLE b ()');
    const trigger = (on: string) =>
      `CREATE OR REPLACE TRIGGER ${on}_ended BEFORE INSERT ON ${on} EXECUTE FUNCTION ended();`;
    const body = `CREATE OR REPLACE FUNCTION ended() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';`;
    await write('ended', `${body} ${trigger('a')} ${trigger('b')}`);
    // Only the other side looks for deadlocks, and is ended by them.
    await db.query(`SET deadlock_timeout = '1h'; BEGIN; INSERT INTO b DEFAULT VALUES`);
    const migrated = migrate(url, directory);
    await isWaitingForTable();
    await db.query('INSERT INTO a DEFAULT VALUES; COMMIT');
    await migrated;
    expect((await live(db)).triggers).toHaveLength(2);
  }, 60_000);

  async function isWaitingForTable(): Promise<void> {
    for (;;) {
      const waiting = await server.query(
        `SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock' AND wait_event = 'relation'`,
        [new URL(url).pathname.slice(1)],
      );
      if (waiting.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});
