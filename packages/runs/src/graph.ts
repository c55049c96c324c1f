import type { Transaction } from './database.js';
import { keptInputs, mostUrgent } from './ranking.js';
import type { ReadyJob } from './runs.js';

/*
 * The rules that several transitions share. Lock order, which rules out deadlocks: job rows by (depth, key), that is
 * dependencies before dependants; then experiment rows by id. Whoever changes a job's state holds its row and locks its
 * dependants before judging them, so of two dependencies that finish at once the later one sees the earlier.
 */

export async function lockJobs(tx: Transaction, keys: string[]): Promise<void> {
  await tx.$queryRaw`
    SELECT key FROM jobs WHERE key = ANY(${keys}::text[]) ORDER BY depth, key FOR NO KEY UPDATE`;
}

export async function dependantsOf(tx: Transaction, keys: string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT DISTINCT job_key AS key FROM job_edges WHERE depends_on = ANY(${keys}::text[])`;
  return rows.map((row) => row.key);
}

/** Those that take the artifacts of these, locked in order. */
export async function lockDependants(tx: Transaction, keys: string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT key FROM jobs WHERE key IN (SELECT job_key FROM job_edges WHERE depends_on = ANY(${keys}::text[]))
    ORDER BY depth, key FOR NO KEY UPDATE`;
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
 * Decides about blocked jobs whose rows are locked: cancelled if nobody wants them any more, failed if an input has
 * failed, ready if all inputs exist. Returns those that became ready, marked as pushed: the caller pushes them.
 */
export async function settleJobs(tx: Transaction, keys: string[]): Promise<ReadyJob[]> {
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

/** The last part of that rule, all that a success can bring about. */
export async function makeReady(tx: Transaction, keys: string[]): Promise<ReadyJob[]> {
  const rows = await tx.$queryRaw<ReadyJob[]>`
    UPDATE jobs SET state = 'ready', pushed_at = now(), ready_at = now(), locality = (${keptInputs}),
      (wanted_by, project_id, priority) = (
        SELECT best.number, best.project_id, coalesce(best.priority, 0)
        FROM (SELECT) one LEFT JOIN LATERAL (${mostUrgent}) best ON true)
    WHERE key = ANY(${keys}::text[]) AND state = 'blocked' AND NOT EXISTS (
      SELECT FROM job_edges edge JOIN jobs input ON input.key = edge.depends_on
      WHERE edge.job_key = jobs.key AND input.state <> 'succeeded')
    RETURNING key, kind, resource, attempt + 1 AS "nextAttempt",
      greatest(0, ceil(extract(epoch FROM not_before - now()) * 1000))::int AS "delayMs"`;
  return rows.map((row) => ({ ...row, delayMs: row.delayMs ?? 0 }));
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

/** Brings failed and cancelled jobs back, and takes back a cancel that is under way. The rows are locked. */
export async function reviveJobs(tx: Transaction, keys: string[]): Promise<ReadyJob[]> {
  await tx.$executeRaw`
    UPDATE jobs SET state = 'blocked', failures = 0, error = NULL, not_before = NULL, finished_at = NULL
    WHERE key = ANY(${keys}::text[]) AND state IN ('failed', 'cancelled')`;
  await tx.$executeRaw`
    UPDATE jobs SET cancel_requested = false
    WHERE key = ANY(${keys}::text[]) AND state = 'running' AND cancel_requested`;
  return settleJobs(tx, keys);
}

/**
 * Experiments follow their jobs: running while any is open, else failed if any failed. Cancelled ones stay so. Those
 * that hold an open job among `locked` are running and stay so until that job ends, which needs its row: they are left
 * alone, so that jobs of one experiment seldom wait for each other.
 */
export async function settleExperiments(
  tx: Transaction,
  jobKeys: string[],
  locked: string[] = [],
): Promise<void> {
  const experiments = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM experiments
    WHERE state <> 'cancelled'
      AND id IN (SELECT experiment_id FROM experiment_jobs WHERE job_key = ANY(${jobKeys}::text[]))
      AND id NOT IN (
        SELECT w.experiment_id FROM experiment_jobs w JOIN jobs j ON j.key = w.job_key
        WHERE j.key = ANY(${locked}::text[]) AND j.state IN ('blocked', 'ready', 'running'))
    ORDER BY id FOR NO KEY UPDATE`;
  if (experiments.length === 0) return;
  const ids = experiments.map((row) => row.id);
  await tx.$executeRaw`
    UPDATE experiments SET state = next.state, finished_at = CASE WHEN next.state <> 'running' THEN now() END
    FROM (
      SELECT e.id, (CASE
        WHEN EXISTS (SELECT FROM experiment_jobs w JOIN jobs j ON j.key = w.job_key
                     WHERE w.experiment_id = e.id AND j.state IN ('blocked', 'ready', 'running')) THEN 'running'
        WHEN EXISTS (SELECT FROM experiment_jobs w JOIN jobs j ON j.key = w.job_key
                     WHERE w.experiment_id = e.id AND j.state <> 'succeeded') THEN 'failed'
        ELSE 'succeeded' END)::experiment_state AS state
      FROM experiments e WHERE e.id = ANY(${ids}::uuid[])
    ) next
    WHERE experiments.id = next.id AND experiments.state <> next.state`;
}
