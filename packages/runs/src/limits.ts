import { ToogitError } from '@toogit/core';
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

/** Judges what the transaction has made of the project; what has no limit isn't read. @throws QUOTA_EXCEEDED */
export async function refuseOverLimits(tx: Transaction, project: string, limits: SetLimits): Promise<void> {
  if (limits === null) return;
  const { maxRunningExperiments, maxOpenJobs, maxStoredBytes } = limits;
  await refuse('experiments running', maxRunningExperiments, () => runningExperiments(tx, project));
  await refuse('jobs open', maxOpenJobs, () => openJobs(tx, project));
  await refuse('bytes stored', maxStoredBytes, () => storedBytes(tx, project));
}

async function refuse(what: string, limit: number | null, used: () => Promise<number>): Promise<void> {
  if (limit === null) return;
  const usage = await used();
  if (usage <= limit) return;
  throw new ToogitError('QUOTA_EXCEEDED', `This would be ${usage} ${what}; the project may have ${limit}.`);
}

function runningExperiments(tx: Transaction, projectId: string): Promise<number> {
  return tx.experiment.count({ where: { projectId, state: 'running' } });
}

/** A job that several experiments share counts once. Only running experiments have open jobs. */
async function openJobs(tx: Transaction, project: string): Promise<number> {
  const rows = await tx.$queryRaw<{ jobs: number }[]>`
    SELECT count(DISTINCT j.key)::int AS jobs
    FROM experiments e JOIN experiment_jobs w ON w.experiment_id = e.id JOIN jobs j ON j.key = w.job_key
    WHERE e.project_id = ${project} AND e.state = 'running' AND j.state IN ('blocked', 'ready', 'running')`;
  return rows[0]?.jobs ?? 0;
}

/** Of artifacts and live checkpoints. A blob that several refer to counts once; what an artifact has beyond its parts is its manifest. */
async function storedBytes(tx: Transaction, project: string): Promise<number> {
  const rows = await tx.$queryRaw<{ bytes: number }[]>`
    WITH wanted AS MATERIALIZED (
      SELECT w.job_key FROM experiments e JOIN experiment_jobs w ON w.experiment_id = e.id
      WHERE e.project_id = ${project}
    ), held AS MATERIALIZED (
      SELECT digest, bytes FROM artifacts WHERE digest IN (
        SELECT j.artifact_digest FROM wanted JOIN jobs j ON j.key = wanted.job_key)
    ), parts AS MATERIALIZED (
      SELECT artifact_digest, sha256, bytes FROM artifact_parts
      WHERE artifact_digest IN (SELECT digest FROM held)
    ), blobs AS (
      SELECT sha256 AS digest, bytes FROM parts
      UNION
      SELECT digest, bytes FROM checkpoint_blobs WHERE job_key IN (SELECT job_key FROM wanted)
      UNION
      SELECT digest, bytes - coalesce((SELECT sum(bytes) FROM parts WHERE artifact_digest = held.digest), 0) FROM held
    )
    SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM blobs`;
  return rows[0]?.bytes ?? 0;
}
