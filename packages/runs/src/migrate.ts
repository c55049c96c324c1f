import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ToogitError } from '@toogit/core';
import pg from 'pg';
import { applyFunctions } from './apply-functions.js';
import { connectTimeoutMs, disconnect } from './connection.js';
import { databaseError } from './database-error.js';
import { mayNot } from './migration-rights.js';

const prismaDirectory = fileURLToPath(new URL('../../../prisma', import.meta.url));

const unfinished = 'finished_at IS NULL AND rolled_back_at IS NULL';

/** The lock of Prisma Migrate: its CLI and we never work at once. It ends with the connection. */
const advisoryLock = 72707369;

const migrationsTable = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/**
 * Applies prisma/migrations as the Prisma CLI does (so that the CLI finds nothing left to do), without the CLI, and then
 * prisma/functions. A database with a migration that is not in the directory is a newer release's: its functions stay.
 * @throws DATABASE_MIGRATION, DATABASE_UNAVAILABLE
 */
export async function migrate(databaseUrl: string, directory = prismaDirectory): Promise<void> {
  const migrations = join(directory, 'migrations');
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  });
  // A connection that breaks fails the query in hand; without a listener it would end the process, too.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLock]);
    await ensureTable(client);
    const names = await namesIn(migrations);
    const applied = await appliedTo(client);
    for (const name of names) if (!applied.has(name)) await apply(client, migrations, name);
    const isNewer = [...applied].some((name) => !names.includes(name));
    if (!isNewer) await applyFunctions(client, join(directory, 'functions'));
  } catch (error) {
    throw databaseError(error);
  } finally {
    await disconnect(client);
  }
}

/** A user who may not create tables starts where there is nothing to create. */
async function ensureTable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS there`,
  );
  if (!rows[0]?.there) await client.query(migrationsTable).catch(mayNot('There is no schema'));
}

async function namesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function appliedTo(client: pg.Client): Promise<Set<string>> {
  const { rows } = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return new Set(rows.map((row) => row.migration_name));
}

/**
 * The file and its row are one transaction: a process that is killed in between leaves neither. Releases before wrote
 * the row first, and may have left it unfinished: then the file is tried again.
 */
async function apply(client: pg.Client, directory: string, name: string): Promise<void> {
  const sql = await readFile(join(directory, name, 'migration.sql'));
  const checksum = createHash('sha256').update(sql).digest('hex');
  const id = randomUUID();
  try {
    await client.query('BEGIN');
    await client
      .query(
        `WITH earlier AS (
           UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $3 AND ${unfinished})
         INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
         VALUES ($1, $2, $3, now(), 1)`,
        [id, checksum, name],
      )
      .catch(mayNot(`The database is behind: it lacks migration ${name}`));
    await client.query(sql.toString());
    await client.query('COMMIT');
  } catch (error) {
    // A connection that broke has rolled back already.
    await client.query('ROLLBACK').catch(() => {});
    if (!(error instanceof pg.DatabaseError)) throw error;
    if (await wasApplied(client, name, checksum, error)) return;
    throw new ToogitError('DATABASE_MIGRATION', `Migration ${name} failed: ${error.message}`, {
      cause: error,
    });
  }
}

/** What Postgres answers to a second application: something is there already, or is gone. */
const appliedBefore = /^(42P07|42701|42710|42723|42704|42P01|42703|42883)$/;

/**
 * Whether an older release applied the file and was killed before it recorded that: it left a row without a log, and what the
 * file makes (all of it or nothing, since a file is one transaction by itself) is there. Finishes that row.
 */
async function wasApplied(
  client: pg.Client,
  name: string,
  checksum: string,
  { code = '' }: pg.DatabaseError,
): Promise<boolean> {
  if (!appliedBefore.test(code)) return false;
  const { rowCount } = await client.query(
    `UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1
     WHERE migration_name = $1 AND checksum = $2 AND logs IS NULL AND ${unfinished}`,
    [name, checksum],
  );
  return rowCount !== null && rowCount > 0;
}
