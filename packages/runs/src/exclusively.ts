import type pg from 'pg';
import { disconnect, keepProbing, openConnection, prompt } from './connection.js';
import { databaseError } from './database-error.js';

/**
 * The server ends a session that is idle for so long, which its probes prevent: a process that is stopped (SIGSTOP) would
 * keep the lock for ever.
 */
const idleSessionMs = 60_000;

/** A session-level advisory lock: it ends with its connection, even if this process is killed. */
export async function exclusively(
  databaseUrl: string,
  lock: number,
  work: () => Promise<void>,
): Promise<boolean> {
  let client: pg.Client | null = null;
  try {
    client = await openConnection(databaseUrl, prompt);
    await client.query(`SET idle_session_timeout = ${idleSessionMs}`);
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      lock,
    ]);
    if (!rows[0]?.locked) return false;
    keepProbing(client);
    await work();
    return true;
  } catch (error) {
    throw databaseError(error);
  } finally {
    if (client !== null) await disconnect(client);
  }
}
