import type { Transaction } from './database.js';
import type { ReadyJob } from './work.js';

/*
 * The rules that several transitions share. Lock order, which rules out deadlocks: job rows by (depth, key), that is
 * dependencies before dependants; then experiment rows by id. Whoever changes a job's state holds its row and locks its
 * dependants before judging them, so of two dependencies that finish at once the later one sees the earlier.
 */

export async function lockJobs(tx: Transaction, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.$executeRaw`
    SELECT key FROM jobs WHERE key = ANY(${keys}::text[]) ORDER BY depth, key FOR NO KEY UPDATE`;
}

export async function dependantsOf(tx: Transaction, keys: string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT DISTINCT job_key AS key FROM job_edges WHERE depends_on = ANY(${keys}::text[])`;
  return rows.map((row) => row.key);
}

/** Whom a failure stops: every job that needs this one, directly or not. */
async function descendantsOf(tx: Transaction, key: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    WITH RECURSIVE descendants AS (
      SELECT job_key AS key FROM job_edges WHERE depends_on = ${key}
      UNION
      SELECT e.job_key FROM job_edges e JOIN descendants d ON e.depends_on = d.key
    )
    SELECT key FROM descendants`;
  return rows.map((row) => row.key);
}

/**
 * Decides about blocked jobs whose rows are locked: cancelled if nobody needs them any more, failed if an input has
 * failed, ready if all inputs exist. Returns those that became ready, marked as pushed: the caller pushes them.
 */
export async function settleJobs(tx: Transaction, keys: string[]): Promise<ReadyJob[]> {
  if (keys.length === 0) return [];
  await tx.$executeRaw`
    UPDATE jobs SET state = 'cancelled', finished_at = now(), cancel_requested = false
    WHERE key = ANY(${keys}::text[]) AND state = 'blocked' AND NOT EXISTS (
      SELECT FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
      WHERE w.job_key = jobs.key AND e.state <> 'cancelled')`;
  await tx.$executeRaw`
    UPDATE jobs SET state = 'failed', finished_at = now(), error = input.error
    FROM (SELECT DISTINCT ON (edge.job_key) edge.job_key, failed.error
          FROM job_edges edge JOIN jobs failed ON failed.key = edge.depends_on
          WHERE edge.job_key = ANY(${keys}::text[]) AND failed.state = 'failed'
          ORDER BY edge.job_key, failed.key) input
    WHERE jobs.key = input.job_key AND jobs.state = 'blocked'`;
  return makeReady(tx, keys);
}

/** The last part of that rule. */
export async function makeReady(tx: Transaction, keys: string[]): Promise<ReadyJob[]> {
  if (keys.length === 0) return [];
  return tx.$queryRaw<ReadyJob[]>`SELECT * FROM make_ready(${keys}::text[])`;
}

/** The blocked descendants of a failed job fail with it: same code, the cause named in the message. */
export async function failDescendants(tx: Transaction, key: string): Promise<string[]> {
  const descendants = await descendantsOf(tx, key);
  await lockJobs(tx, descendants);
  const rows = await tx.$queryRaw<{ key: string }[]>`
    UPDATE jobs SET state = 'failed', finished_at = now(), error = cause.error || jsonb_build_object('message',
      'an input failed (' || cause.kind || ' ' || left(cause.key, 12) || '): ' || (cause.error->>'message'))
    FROM jobs cause
    WHERE cause.key = ${key} AND jobs.key = ANY(${descendants}::text[]) AND jobs.state = 'blocked'
    RETURNING jobs.key`;
  return rows.map((row) => row.key);
}

/**
 * Brings failed and cancelled jobs back, and takes back a cancel that is under way. The rows are locked. Returns which
 * have come back, and which jobs became ready.
 */
export async function reviveJobs(
  tx: Transaction,
  keys: string[],
): Promise<{ revived: string[]; ready: ReadyJob[] }> {
  const revived = await tx.$queryRaw<{ key: string }[]>`
    UPDATE jobs SET state = 'blocked', failures = 0, error = NULL, not_before = NULL, finished_at = NULL
    WHERE key = ANY(${keys}::text[]) AND state IN ('failed', 'cancelled')
    RETURNING key`;
  await tx.$executeRaw`
    UPDATE jobs SET cancel_requested = false
    WHERE key = ANY(${keys}::text[]) AND state = 'running' AND cancel_requested`;
  const ready = await settleJobs(tx, keys);
  return { revived: revived.map(({ key }) => key), ready };
}

/** One experiment whose jobs have changed, or which has new ones; its row is locked, or seen by this transaction only. */
export async function settleExperiment(tx: Transaction, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE experiments e SET state = next.state, finished_at = CASE WHEN next.state <> 'running' THEN now() END
    FROM (
      SELECT CASE
        WHEN bool_or(j.state IN ('blocked', 'ready', 'running')) THEN 'running'::experiment_state
        WHEN bool_or(j.state <> 'succeeded') THEN 'failed'
        ELSE 'succeeded' END AS state
      FROM experiment_jobs w JOIN jobs j ON j.key = w.job_key WHERE w.experiment_id = ${id}::uuid
    ) next
    WHERE e.id = ${id}::uuid AND e.state <> 'cancelled' AND e.state <> next.state`;
}

/** Experiments follow their jobs (prisma/functions/settle_experiments.sql; `succeed_jobs` uses it, too). */
export async function settleExperiments(tx: Transaction, keys: string[]): Promise<void> {
  await tx.$executeRaw`SELECT settle_experiments(${keys}::text[], '{}')`;
}
