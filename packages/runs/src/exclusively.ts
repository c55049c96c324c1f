import pg from 'pg';
import { databaseError } from './database-error.js';

/** A session-level advisory lock: it ends with its connection, even if this process is killed. */
export async function exclusively(
  databaseUrl: string,
  lock: number,
  work: () => Promise<void>,
): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      lock,
    ]);
    if (!rows[0]?.locked) return false;
    await work();
    return true;
  } catch (error) {
    throw databaseError(error);
  } finally {
    await client.end().catch(() => {});
  }
}
