import type { Database, Transaction } from './database.js';
import { Prisma } from './generated/client.js';
import { lockReferences } from './references-lock.js';

const batch = 500;

export interface GarbageRows {
  jobs: number;
  artifacts: number;
}

const olderThan = (graceMs: number) => Prisma.sql`now() - interval '1 millisecond' * ${graceMs}::float8`;

/** Of a job `j`. */
const unheldJob = (graceMs: number) => Prisma.sql`
  j.state IN ('succeeded', 'failed', 'cancelled')
  AND coalesce(j.finished_at, j.created_at) < ${olderThan(graceMs)}
  AND NOT EXISTS (SELECT FROM experiment_jobs WHERE job_key = j.key)`;

/** Of an artifact `a`; none while a lost one is being made again, since its intact blobs will be wanted. */
const unheldArtifact = (graceMs: number) => Prisma.sql`
  a.created_at < ${olderThan(graceMs)}
  AND NOT EXISTS (SELECT FROM jobs WHERE artifact_digest = a.digest)
  AND NOT EXISTS (
    SELECT FROM jobs j JOIN attempts t ON t.job_key = j.key AND t.outcome = 'succeeded'
    WHERE j.state IN ('blocked', 'ready', 'running'))`;

/**
 * Jobs that no experiment holds, ended for longer than the grace period, with their history; then artifacts that no job
 * holds, whose blobs are released. Candidates are looked for without the lock and looked at once more under it.
 */
export async function removeUnheld(
  db: Database,
  { graceMs, dryRun }: { graceMs: number; dryRun: boolean },
): Promise<GarbageRows> {
  if (dryRun) return countUnheld(db, graceMs);
  const removed = { jobs: 0, artifacts: 0 };
  for (const keys of await unheldJobs(db, graceMs)) {
    removed.jobs += await db.transaction((tx) => removeJobs(tx, keys, graceMs));
  }
  for (const digests of await unheldArtifacts(db, graceMs)) {
    removed.artifacts += await db.transaction((tx) => removeArtifacts(tx, digests, graceMs));
  }
  return removed;
}

/** In batches of one depth, the deepest first: dependants go before what they depend on. */
async function unheldJobs(db: Database, graceMs: number): Promise<string[][]> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<{ key: string; depth: number }[]>`
      SELECT key, depth FROM jobs j WHERE ${unheldJob(graceMs)} ORDER BY depth DESC, key`,
  );
  const depths = [...new Set(rows.map(({ depth }) => depth))];
  return depths.flatMap((depth) => batches(rows.filter((row) => row.depth === depth).map(({ key }) => key)));
}

async function unheldArtifacts(db: Database, graceMs: number): Promise<string[][]> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<{ digest: string }[]>`
      SELECT digest FROM artifacts a WHERE ${unheldArtifact(graceMs)} ORDER BY digest`,
  );
  return batches(rows.map(({ digest }) => digest));
}

function batches(items: string[]): string[][] {
  return Array.from({ length: Math.ceil(items.length / batch) }, (_, i) =>
    items.slice(i * batch, (i + 1) * batch),
  );
}

async function removeJobs(tx: Transaction, candidates: string[], graceMs: number): Promise<number> {
  await lockReferences(tx);
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT key FROM jobs j
    WHERE key = ANY(${candidates}::text[]) AND ${unheldJob(graceMs)}
      AND NOT EXISTS (SELECT FROM job_edges WHERE depends_on = j.key)
    ORDER BY key FOR UPDATE`;
  const keys = rows.map(({ key }) => key);
  await tx.$executeRaw`DELETE FROM metrics WHERE job_key = ANY(${keys}::text[])`;
  await tx.$executeRaw`DELETE FROM attempts WHERE job_key = ANY(${keys}::text[])`;
  await tx.$executeRaw`DELETE FROM job_edges WHERE job_key = ANY(${keys}::text[])`;
  return tx.$executeRaw`DELETE FROM jobs WHERE key = ANY(${keys}::text[])`;
}

/** Their blobs are noted in the same statement: a collector that is killed leaves them to the next. */
async function removeArtifacts(tx: Transaction, candidates: string[], graceMs: number): Promise<number> {
  await lockReferences(tx);
  const [row] = await tx.$queryRaw<{ removed: number }[]>`
    WITH removed AS (
      DELETE FROM artifacts a WHERE digest = ANY(${candidates}::text[]) AND ${unheldArtifact(graceMs)}
      RETURNING digest
    ), released AS (
      INSERT INTO released_blobs (digest)
      SELECT digest FROM removed
      UNION SELECT sha256 FROM artifact_parts WHERE artifact_digest IN (SELECT digest FROM removed)
      ON CONFLICT DO NOTHING
    )
    SELECT count(*)::int AS removed FROM removed`;
  return row?.removed ?? 0;
}

async function countUnheld(db: Database, graceMs: number): Promise<GarbageRows> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<GarbageRows[]>`
      WITH unheld AS (SELECT key FROM jobs j WHERE ${unheldJob(graceMs)})
      SELECT (SELECT count(*)::int FROM unheld) AS jobs, count(*)::int AS artifacts
      FROM artifacts a
      WHERE a.created_at < ${olderThan(graceMs)}
        AND NOT EXISTS (
          SELECT FROM jobs WHERE artifact_digest = a.digest AND key NOT IN (SELECT key FROM unheld))`,
  );
  return rows[0] ?? { jobs: 0, artifacts: 0 };
}
