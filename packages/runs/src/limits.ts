import { ToogitError } from '@toogit/errors';
import type { ProjectLimits } from './access.js';
import type { Transaction } from './database.js';

type Quotas = Pick<ProjectLimits, 'maxRunningExperiments' | 'maxOpenJobs' | 'maxStoredBytes'>;
type SetLimits = Quotas | null;

/**
 * The limits of a project, null if it has none. One that has is locked until the transaction ends, before any job
 * row is, so that two submissions at once can't both take the last place.
 */
export async function lockLimits(tx: Transaction, project: string): Promise<SetLimits> {
  const limits = await tx.project.findUnique({
    where: { id: project },
    select: { maxRunningExperiments: true, maxOpenJobs: true, maxStoredBytes: true },
  });
  if (!limits || Object.values(limits).every((limit) => limit === null)) return null;
  await tx.$queryRaw`SELECT id FROM projects WHERE id = ${project} FOR NO KEY UPDATE`;
  const { maxRunningExperiments, maxOpenJobs, maxStoredBytes } = limits;
  const bytes = maxStoredBytes === null ? null : Number(maxStoredBytes);
  return { maxRunningExperiments, maxOpenJobs, maxStoredBytes: bytes };
}

/** Judges what the transaction has made of the project. @throws QUOTA_EXCEEDED */
export async function refuseOverLimits(tx: Transaction, project: string, limits: SetLimits): Promise<void> {
  if (limits === null) return;
  const usage = await readUsage(tx, project);
  refuse('experiments running', usage.runningExperiments, limits.maxRunningExperiments);
  refuse('jobs open', usage.openJobs, limits.maxOpenJobs);
  refuse('bytes stored', usage.storedBytes, limits.maxStoredBytes);
}

function refuse(what: string, used: number, limit: number | null): void {
  if (limit === null || used <= limit) return;
  throw new ToogitError('QUOTA_EXCEEDED', `This would be ${used} ${what}; the project may have ${limit}.`);
}

/** A job or an artifact that several experiments share counts once. */
export async function readUsage(
  tx: Transaction,
  project: string,
): Promise<{ runningExperiments: number; openJobs: number; storedBytes: number }> {
  const rows = await tx.$queryRaw<{ runningExperiments: number; openJobs: number; storedBytes: number }[]>`
    WITH wanted AS (
      SELECT DISTINCT j.key, j.state, j.artifact_digest
      FROM experiments e JOIN experiment_jobs w ON w.experiment_id = e.id JOIN jobs j ON j.key = w.job_key
      WHERE e.project_id = ${project})
    SELECT
      (SELECT count(*)::int FROM experiments WHERE project_id = ${project} AND state = 'running')
        AS "runningExperiments",
      (SELECT count(*)::int FROM wanted WHERE state IN ('blocked', 'ready', 'running')) AS "openJobs",
      (SELECT coalesce(sum(bytes), 0)::float8 FROM artifacts
        WHERE digest IN (SELECT artifact_digest FROM wanted)) AS "storedBytes"`;
  return rows[0] ?? { runningExperiments: 0, openJobs: 0, storedBytes: 0 };
}
