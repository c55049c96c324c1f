import type { Database } from './database.js';
import { lockReferences } from './references-lock.js';

/** What Postgres holds of a blob. */
export interface ReferencedBlob {
  digest: string;
  /** null where only the store has it, as of manifests. */
  bytes: number | null;
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

/** Digests of the manifests of checkpoints that a job may resume from; their parts stand in the manifest alone. */
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
