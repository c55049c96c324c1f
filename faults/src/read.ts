import { waitFor } from '@toogit/testkit';
import type pg from 'pg';

/** Postgres is restarted in about 2 s. */
const backWithinMs = 20_000;

/** The rows of a query that changes nothing: repeated while Postgres restarts, which may be another fault's doing. */
export async function read<Row extends pg.QueryResultRow>(
  sql: pg.Pool,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const { rows } = await waitFor(() => sql.query<Row>(text, values), backWithinMs);
  return rows;
}
