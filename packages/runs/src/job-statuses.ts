import type { JobProgress } from '@toogit/catalogue';
import type { SerializedError } from '@toogit/core';
import type { Database } from './database.js';
import { type Job, Prisma } from './generated/client.js';
import type { JobStatus, JobStatusPage } from './views.js';
import { waitsOf } from './waiting.js';

interface StatusRow
  extends Pick<Job, 'key' | 'kind' | 'version' | 'state' | 'resource' | 'wantedBy' | 'notBefore'>,
    Pick<Job, 'attempt' | 'artifactDigest' | 'progress' | 'error' | 'estimatedMemoryBytes'>,
    Pick<Job, 'startedAt' | 'finishedAt'> {
  step: string | null;
  position: number;
}

/** Read in some 5 ms. */
const pageSize = 500;

const columns = Prisma.sql`
  w.position, w.step, j.key, j.kind, j.version, j.state::text, j.resource::text, j.wanted_by AS "wantedBy",
  j.not_before AS "notBefore", j.attempt, j.artifact_digest AS "artifactDigest", j.progress, j.error,
  j.estimated_memory_bytes AS "estimatedMemoryBytes", j.started_at AS "startedAt", j.finished_at AS "finishedAt"`;

/**
 * An experiment's jobs, a page at a time, at least one. `changedWithinMs`: only those that have come into their state so
 * lately, and those whose progress, or whose reason to wait, changes without that.
 */
export async function* jobStatusPages(
  db: Database,
  experimentId: string,
  changedWithinMs: number | null = null,
): AsyncGenerator<JobStatusPage> {
  for (let after = -1, isLast = false; !isLast; ) {
    const rows = await db.run(
      (prisma) => prisma.$queryRaw<StatusRow[]>`
        SELECT ${columns} FROM experiment_jobs w JOIN jobs j ON j.key = w.job_key
        WHERE w.experiment_id = ${experimentId}::uuid AND w.position > ${after}
          AND (${changedWithinMs}::float8 IS NULL OR j.state IN ('ready', 'running')
            OR j.state_since > now() - ${changedWithinMs}::float8 * interval '1 millisecond')
        ORDER BY w.position LIMIT ${pageSize + 1}`,
    );
    isLast = rows.length <= pageSize;
    const page = rows.slice(0, pageSize);
    after = page.at(-1)?.position ?? after;
    yield { jobs: await statuses(db, page), isLast };
  }
}

/** The same of those of these jobs that the experiment has. */
export async function* jobStatusesOf(
  db: Database,
  experimentId: string,
  keys: string[],
): AsyncGenerator<JobStatusPage> {
  for (let start = 0; start < keys.length; start += pageSize) {
    const some = keys.slice(start, start + pageSize);
    const rows = await db.run(
      (prisma) => prisma.$queryRaw<StatusRow[]>`
        SELECT ${columns} FROM experiment_jobs w JOIN jobs j ON j.key = w.job_key
        WHERE w.experiment_id = ${experimentId}::uuid AND w.job_key = ANY(${some}::text[])
        ORDER BY w.position`,
    );
    yield { jobs: await statuses(db, rows), isLast: start + pageSize >= keys.length };
  }
}

async function statuses(db: Database, rows: StatusRow[]): Promise<JobStatus[]> {
  const waits = await waitsOf(db, rows);
  return rows.map((row) => ({
    key: row.key,
    kind: row.kind as JobStatus['kind'],
    step: row.step,
    state: row.state,
    attempt: row.attempt,
    progress: row.progress as JobProgress | null,
    artifactDigest: row.artifactDigest,
    error: row.error as SerializedError | null,
    waitingFor: waits(row),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }));
}
