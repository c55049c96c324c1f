import type { Transaction } from './database.js';
import type { ReadyJob } from './work.js';

/**
 * Decides anew which experiment owns jobs that wait or run, after their experiments were paused, resumed, cancelled or given
 * another priority. The rows are locked. A running job that only paused experiments need goes on under its old one.
 * The other projects that need a job that waits are noted beside it. Returns jobs that nobody spoke for before, marked as pushed: the caller pushes them.
 */
export async function rankJobs(tx: Transaction, keys: string[]): Promise<ReadyJob[]> {
  const rows = await tx.$queryRaw<(ReadyJob & { unowned: boolean })[]>`
    UPDATE jobs SET wanted_by = next.number, project_id = next.project_id, priority = coalesce(next.priority, 0),
      pushed_at = CASE WHEN next.unowned THEN now() ELSE pushed_at END
    FROM (
      SELECT key, jobs.wanted_by IS NULL AND state = 'ready' AS unowned, best.number, best.project_id, best.priority
      FROM jobs LEFT JOIN projects_of(${keys}::text[]) best ON best.job_key = key AND best.place = 1
      WHERE key = ANY(${keys}::text[]) AND state IN ('ready', 'running')
        AND (jobs.wanted_by, jobs.project_id, jobs.priority) IS DISTINCT FROM (best.number, best.project_id, coalesce(best.priority, 0))
        AND (state = 'ready' OR best.number IS NOT NULL)
    ) next
    WHERE jobs.key = next.key
    RETURNING jobs.key, kind, resource, attempt + 1 AS "nextAttempt",
      coalesce(greatest(0, ceil(extract(epoch FROM not_before - now()) * 1000)), 0)::int AS "delayMs",
      next.unowned AND next.number IS NOT NULL AS unowned`;
  await tx.$executeRaw`SELECT share_jobs(${keys}::text[])`;
  return rows.flatMap(({ unowned, ...job }) => (unowned ? [job] : []));
}
