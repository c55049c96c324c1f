import { waitFor } from '@toogit/testkit';
import type pg from 'pg';

const connectedWithinMs = 60_000;

/** Nobody writes to the table while `work` runs; it learns whether somebody waits to. With the database away, nobody does. */
export async function whileLocked(
  sql: pg.Pool,
  table: string,
  work: (untilAwaited: (withinMs: number) => Promise<boolean>) => Promise<void>,
): Promise<void> {
  const client = await waitFor(() => sql.connect(), connectedWithinMs);
  // Postgres may be restarted meanwhile; there is no lock then.
  client.on('error', () => undefined);
  const isAwaited = async () => {
    const { rowCount } = await sql.query(
      'SELECT FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass',
      [table],
    );
    return (rowCount ?? 0) > 0;
  };
  try {
    await client.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`).catch(() => undefined);
    await work((withinMs) =>
      waitFor(isAwaited, withinMs).then(
        () => true,
        () => false,
      ),
    );
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    client.release(true);
  }
}
