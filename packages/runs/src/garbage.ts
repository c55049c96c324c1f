import type { Database, Transaction } from './database.js';

/** `blob` in ASCII: shared by whoever adds references (triggers of the migration `storage`), exclusive here. */
const referencesLock = 0x626c6f62;
const batch = 500;

export interface GarbageRows {
  jobs: number;
  artifacts: number;
}

/** What Postgres holds of a blob. */
export interface ReferencedBlob {
  digest: string;
  /** null where only the store knows, as of manifests. */
  bytes: number | null;
}

/**
 * Jobs that no experiment holds, ended for longer than the grace period, with their history; then artifacts that no job
 * holds. Dependants go before what they depend on. Artifacts stay while a lost one is being made again, since its
 * intact blobs will be wanted.
 */
export async function removeUnheld(
  db: Database,
  { graceMs, dryRun }: { graceMs: number; dryRun: boolean },
): Promise<GarbageRows> {
  if (dryRun) return countUnheld(db, graceMs);
  const removed = { jobs: 0, artifacts: 0 };
  for (;;) {
    const jobs = await db.transaction((tx) => removeJobs(tx, graceMs));
    removed.jobs += jobs;
    if (jobs === 0) break;
  }
  removed.artifacts = await db.transaction(async (tx) => {
    await lockReferences(tx);
    return tx.$executeRaw`
      DELETE FROM artifacts a
      WHERE a.created_at < now() - interval '1 millisecond' * ${graceMs}::float8
        AND NOT EXISTS (SELECT FROM jobs WHERE artifact_digest = a.digest)
        AND NOT EXISTS (
          SELECT FROM jobs j JOIN attempts t ON t.job_key = j.key AND t.outcome = 'succeeded'
          WHERE j.state IN ('blocked', 'ready', 'running'))`;
  });
  return removed;
}

async function removeJobs(tx: Transaction, graceMs: number): Promise<number> {
  await lockReferences(tx);
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT key FROM jobs j
    WHERE state IN ('succeeded', 'failed', 'cancelled')
      AND coalesce(finished_at, created_at) < now() - interval '1 millisecond' * ${graceMs}::float8
      AND NOT EXISTS (SELECT FROM experiment_jobs WHERE job_key = j.key)
      AND NOT EXISTS (SELECT FROM job_edges WHERE depends_on = j.key)
    ORDER BY depth DESC, key LIMIT ${batch} FOR UPDATE`;
  const keys = rows.map(({ key }) => key);
  if (keys.length === 0) return 0;
  await tx.$executeRaw`DELETE FROM metrics WHERE job_key = ANY(${keys}::text[])`;
  await tx.$executeRaw`DELETE FROM attempts WHERE job_key = ANY(${keys}::text[])`;
  await tx.$executeRaw`DELETE FROM job_edges WHERE job_key = ANY(${keys}::text[])`;
  return tx.$executeRaw`DELETE FROM jobs WHERE key = ANY(${keys}::text[])`;
}

async function countUnheld(db: Database, graceMs: number): Promise<GarbageRows> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<GarbageRows[]>`
      WITH unheld AS (
        SELECT key, artifact_digest FROM jobs j
        WHERE state IN ('succeeded', 'failed', 'cancelled')
          AND coalesce(finished_at, created_at) < now() - interval '1 millisecond' * ${graceMs}::float8
          AND NOT EXISTS (SELECT FROM experiment_jobs WHERE job_key = j.key))
      SELECT (SELECT count(*)::int FROM unheld) AS jobs, count(*)::int AS artifacts
      FROM artifacts a
      WHERE created_at < now() - interval '1 millisecond' * ${graceMs}::float8
        AND NOT EXISTS (
          SELECT FROM jobs WHERE artifact_digest = a.digest AND key NOT IN (SELECT key FROM unheld))`,
  );
  return rows[0] ?? { jobs: 0, artifacts: 0 };
}

/**
 * Every blob of every artifact (or only of those that are a job's result now), and the manifests of checkpoints that a
 * job may resume from.
 */
export async function* referencedBlobs(
  db: Database,
  { heldOnly }: { heldOnly: boolean },
): AsyncIterable<ReferencedBlob> {
  const page = 5_000;
  let last = '';
  for (;;) {
    const from = last;
    const rows = await db.run(
      (prisma) => prisma.$queryRaw<{ digest: string; bytes: bigint | null }[]>`
        SELECT digest, max(bytes) AS bytes FROM (
          (SELECT digest, NULL::bigint AS bytes FROM artifacts a
           WHERE digest > ${from}
             AND (NOT ${heldOnly}::boolean OR EXISTS (SELECT FROM jobs WHERE artifact_digest = a.digest))
           ORDER BY 1 LIMIT ${page})
          UNION ALL
          (SELECT DISTINCT sha256, bytes FROM artifact_parts p
           WHERE sha256 > ${from}
             AND (NOT ${heldOnly}::boolean OR EXISTS (SELECT FROM jobs WHERE artifact_digest = p.artifact_digest))
           ORDER BY 1 LIMIT ${page})
        ) blobs GROUP BY digest ORDER BY digest LIMIT ${page}`,
    );
    for (const { digest, bytes } of rows) yield { digest, bytes: bytes === null ? null : Number(bytes) };
    last = rows.at(-1)?.digest ?? '';
    if (rows.length < page) break;
  }
  for (const digest of await liveCheckpoints(db)) yield { digest, bytes: null };
}

/** Digests of the manifests of checkpoints that a job may resume from; their parts only the manifest knows. */
export async function liveCheckpoints(db: Database): Promise<string[]> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<{ digest: string }[]>`
      SELECT checkpoint_digest AS digest FROM jobs WHERE checkpoint_digest IS NOT NULL`,
  );
  return rows.map(({ digest }) => digest);
}

/** When the oldest attempt began that is still at work; null if none is. */
export async function oldestRunningAttempt(db: Database): Promise<Date | null> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<{ at: Date | null }[]>`
      SELECT min(started_at) AS at FROM jobs WHERE state = 'running'`,
  );
  return rows[0]?.at ?? null;
}

/**
 * Of these blobs, those that nothing refers to; from now on no result can refer to them, except of attempts that begin
 * after `blobsDeleted`.
 */
export async function condemn(db: Database, digests: string[]): Promise<string[]> {
  const rows = await db.transaction(async (tx) => {
    await lockReferences(tx);
    return tx.$queryRaw<{ digest: string }[]>`
      INSERT INTO condemned_blobs (digest)
      SELECT digest FROM unnest(${digests}::text[]) AS candidate(digest)
      WHERE NOT EXISTS (SELECT FROM artifacts a WHERE a.digest = candidate.digest)
        AND NOT EXISTS (SELECT FROM artifact_parts p WHERE p.sha256 = candidate.digest)
        AND NOT EXISTS (SELECT FROM jobs j WHERE j.checkpoint_digest = candidate.digest)
        AND NOT EXISTS (SELECT FROM checkpoint_blobs c WHERE c.digest = candidate.digest)
      ORDER BY digest
      ON CONFLICT (digest) DO UPDATE SET condemned_at = now(), deleted_at = NULL
      RETURNING digest`;
  });
  return rows.map(({ digest }) => digest);
}

/** Condemned blobs whose deletion was broken off: they have to be deleted before anything else. */
export async function unfinishedDeletions(db: Database): Promise<string[]> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<{ digest: string }[]>`
      SELECT digest FROM condemned_blobs WHERE deleted_at IS NULL ORDER BY digest`,
  );
  return rows.map(({ digest }) => digest);
}

/** Called when the store has confirmed that these are gone. Forgets those that no running attempt can have seen. */
export async function blobsDeleted(db: Database, digests: string[]): Promise<void> {
  await db.run(
    (prisma) => prisma.$executeRaw`
      UPDATE condemned_blobs SET deleted_at = now() WHERE digest = ANY(${digests}::text[])`,
  );
  await db.run(
    (prisma) => prisma.$executeRaw`
      DELETE FROM condemned_blobs WHERE deleted_at < coalesce(
        (SELECT min(started_at) FROM jobs WHERE state = 'running'), now())`,
  );
}

/** Rather gives up than holds up work: another run comes. */
async function lockReferences(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SET LOCAL lock_timeout = '5s'`;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${referencesLock}::bigint)`;
}
