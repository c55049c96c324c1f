import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ToogitError } from '@toogit/core';
import pg from 'pg';
import { isDeadlock } from './database-error.js';
import { mayNot } from './migration-rights.js';

interface FunctionFile {
  name: string;
  sql: string;
  sha256: string;
}

/**
 * Applies the files whose content this database never had, all in one transaction. Each content is applied once, as a
 * migration is: a process of an older release that starts again during an upgrade does not put its functions back.
 * @throws DATABASE_MIGRATION, and what pg throws
 */
export async function applyFunctions(client: pg.Client, directory: string): Promise<void> {
  const files = await filesIn(directory);
  if (files.length === 0) return;
  const { rows } = await client.query<{ content: string }>(
    `SELECT name || ' ' || sha256 AS content FROM sql_functions`,
  );
  const applied = new Set(rows.map((row) => row.content));
  const changed = files.filter(({ name, sha256 }) => !applied.has(`${name} ${sha256}`));
  if (changed.length === 0) return;
  for (let tries = 1; ; tries++) {
    try {
      return await apply(client, changed);
    } catch (error) {
      // Triggers lock their tables, and the transactions of running services lock them in other orders.
      if (!isDeadlock(error) || tries === 5) throw error;
    }
  }
}

async function filesIn(directory: string): Promise<FunctionFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (file) => {
      const sql = await readFile(join(directory, file), 'utf8');
      return { name: basename(file, '.sql'), sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Bodies are not checked, so that files are in no order: a function may call one that comes later. */
async function apply(client: pg.Client, files: FunctionFile[]): Promise<void> {
  let current = files.map(({ name }) => name).join(', ');
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL check_function_bodies = off');
    await client
      .query('INSERT INTO sql_functions (name, sha256) SELECT * FROM unnest($1::TEXT[], $2::TEXT[])', [
        files.map(({ name }) => name),
        files.map(({ sha256 }) => sha256),
      ])
      .catch(mayNot(`The database is behind: it lacks this release's ${current}`));
    for (const { name, sql } of files) {
      current = name;
      await client.query(sql);
    }
    await client.query('COMMIT');
  } catch (error) {
    // A connection that broke has rolled back already.
    await client.query('ROLLBACK').catch(() => {});
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw new ToogitError('DATABASE_MIGRATION', `Function ${current} failed: ${error.message}`, {
      cause: error,
    });
  }
}
