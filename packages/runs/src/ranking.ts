import type { Transaction } from './database.js';
import { Prisma } from './generated/client.js';
import type { ReadyJob } from './runs.js';

/** The experiment that speaks for a job: of those that want it and aren't paused, the most urgent, then the oldest. */
export const mostUrgent = Prisma.sql`
  SELECT e.number, e.project_id, e.priority
  FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
  WHERE w.job_key = jobs.key AND e.state <> 'cancelled' AND e.paused_at IS NULL
  ORDER BY e.priority DESC, e.number LIMIT 1`;

/** Data sets and models among a job's inputs: what a worker keeps on its device. */
export const keptInputs = Prisma.sql`
  SELECT coalesce(array_agg(DISTINCT input.artifact_digest), '{}')
  FROM job_edges edge JOIN jobs input ON input.key = edge.depends_on
    JOIN artifacts made ON made.digest = input.artifact_digest
  WHERE edge.job_key = jobs.key AND made.type IN ('dataset', 'model')`;

/**
 * Decides anew who speaks for jobs that wait or run, after their experiments were paused, resumed, cancelled or given
 * another priority. The rows are locked. A running job that only paused experiments want goes on under its old one.
 * Returns jobs that nobody spoke for before, marked as pushed: the caller pushes them.
 */
export async function rankJobs(tx: Transaction, keys: string[]): Promise<ReadyJob[]> {
  const rows = await tx.$queryRaw<(ReadyJob & { voiceless: boolean })[]>`
    UPDATE jobs SET wanted_by = next.number, project_id = next.project_id, priority = coalesce(next.priority, 0),
      pushed_at = CASE WHEN next.voiceless THEN now() ELSE pushed_at END
    FROM (
      SELECT key, wanted_by IS NULL AND state = 'ready' AS voiceless, best.*
      FROM jobs LEFT JOIN LATERAL (${mostUrgent}) best ON true
      WHERE key = ANY(${keys}::text[]) AND state IN ('ready', 'running')
        AND (jobs.wanted_by, jobs.project_id, jobs.priority) IS DISTINCT FROM (best.number, best.project_id, coalesce(best.priority, 0))
        AND (state = 'ready' OR best.number IS NOT NULL)
    ) next
    WHERE jobs.key = next.key
    RETURNING jobs.key, kind, resource, attempt + 1 AS "nextAttempt",
      coalesce(greatest(0, ceil(extract(epoch FROM not_before - now()) * 1000)), 0)::int AS "delayMs",
      next.voiceless AND next.number IS NOT NULL AS voiceless`;
  return rows.flatMap(({ voiceless, ...job }) => (voiceless ? [job] : []));
}
