import type { Fence, ReadyJob } from '@toogit/runs';
import type pg from 'pg';
import { read } from './read.js';

export interface JobRow extends Pick<ReadyJob, 'key' | 'kind' | 'resource'> {
  state: string;
  attempt: number;
  digest: string | null;
  /** How many of its attempts have ended as what. */
  succeeded: number;
  failed: number;
  expired: number;
  open: number;
}

export async function jobRows(sql: pg.Pool): Promise<JobRow[]> {
  return read<JobRow>(
    sql,
    `SELECT key, kind, resource, state, attempt, artifact_digest AS digest,
       count(*) FILTER (WHERE outcome = 'succeeded')::int AS succeeded,
       count(*) FILTER (WHERE outcome = 'failed')::int AS failed,
       count(*) FILTER (WHERE outcome = 'expired')::int AS expired,
       count(number) FILTER (WHERE outcome IS NULL)::int AS open
     FROM jobs LEFT JOIN attempts ON job_key = key GROUP BY key ORDER BY key`,
  );
}

/** Jobs whose artifact has one of the blobs; a part may be shared by several. */
export async function holdersOf(sql: pg.Pool, digests: Iterable<string>): Promise<Set<string>> {
  const rows = await read<{ key: string }>(
    sql,
    `SELECT key FROM jobs WHERE artifact_digest = ANY($1) OR artifact_digest IN
       (SELECT artifact_digest FROM artifact_parts WHERE sha256 = ANY($1))`,
    [[...digests]],
  );
  return new Set(rows.map(({ key }) => key));
}

/** These jobs, and those that use what they have made, however far away. */
export async function withDependents(sql: pg.Pool, keys: Iterable<string>): Promise<Set<string>> {
  const rows = await read<{ key: string }>(
    sql,
    `WITH RECURSIVE affected (key) AS (
       SELECT unnest($1::text[])
       UNION SELECT job_key FROM job_edges JOIN affected ON depends_on = key)
     SELECT key FROM affected`,
    [[...keys]],
  );
  return new Set(rows.map(({ key }) => key));
}

export async function isAtWork(sql: pg.Pool, workerPrefix: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT FROM jobs WHERE state = 'running' AND starts_with(worker, $1)`,
    [workerPrefix],
  );
  return (rowCount ?? 0) > 0;
}

/** What a worker runs becomes another's, as if its leases had run out and somebody else had claimed it. */
export async function takeOver(sql: pg.Pool, workerPrefix: string): Promise<Fence[]> {
  const { rows } = await sql.query<Fence>(
    `WITH mine AS (
       UPDATE jobs SET attempt = attempt + 1, heartbeat_at = now(), worker = 'campaign'
       WHERE state = 'running' AND starts_with(worker, $1) RETURNING key, attempt
     ), over AS (
       UPDATE attempts SET outcome = 'expired', ended_at = now() FROM mine
       WHERE job_key = key AND number = attempt - 1
     ), another AS (
       INSERT INTO attempts (job_key, number, worker_id, started_at) SELECT key, attempt, 'campaign', now() FROM mine
     )
     SELECT key AS "jobKey", attempt FROM mine`,
    [workerPrefix],
  );
  return rows;
}

export async function attemptOf(sql: pg.Pool, { jobKey, attempt }: Fence) {
  const rows = await read<{ outcome: string | null }>(
    sql,
    'SELECT outcome FROM attempts WHERE job_key = $1 AND number = $2',
    [jobKey, attempt],
  );
  return rows[0];
}

export interface Progress {
  done: number;
  jobs: number;
  /** Experiments by state. */
  experiments: Record<string, number>;
}

export async function readProgress(sql: pg.Pool): Promise<Progress> {
  const { rows } = await sql.query<{ done: number; jobs: number; experiments: Record<string, number> }>(
    `SELECT (SELECT count(*)::int FROM jobs WHERE state = 'succeeded') AS done,
       (SELECT count(*)::int FROM jobs) AS jobs,
       (SELECT coalesce(jsonb_object_agg(state, n), '{}') FROM
         (SELECT state, count(*) AS n FROM experiments GROUP BY state) AS s) AS experiments`,
  );
  return rows[0] ?? { done: 0, jobs: 0, experiments: {} };
}

/** Why jobs have failed for good: those that failed first, and what each of their attempts met. */
export async function failures(sql: pg.Pool): Promise<string> {
  const rows = await read<{ key: string; kind: string; met: string[] }>(
    sql,
    `SELECT key, kind, array_agg(coalesce(attempts.error->>'code', outcome::text) ORDER BY number) AS met
     FROM jobs JOIN attempts ON job_key = key WHERE state = 'failed' GROUP BY key ORDER BY min(finished_at)`,
  );
  const each = rows.map(({ key, kind, met }) => `${kind} job ${key} after ${met.join(', ')}`);
  return `an experiment has failed: ${each.join('; ')}`;
}
