import { fenced } from './claim.js';
import { type Database, json } from './database.js';
import type { Checkpoint, Fence } from './work.js';

/**
 * The blobs of the checkpoint before it are released. A checkpoint that moves forward forgives earlier failures: a long
 * job may be interrupted often.
 */
export async function saveCheckpoint(
  db: Database,
  fence: Fence,
  { step, digest, blobs }: Checkpoint,
): Promise<void> {
  const rows = await db.promptly(
    (prisma) => prisma.$queryRaw<{ key: string }[]>`
      WITH held AS (
        UPDATE jobs SET checkpoint_step = ${step}, checkpoint_digest = ${digest}, heartbeat_at = now(),
          failures = CASE WHEN ${step} > coalesce(checkpoint_step, -1) THEN 0 ELSE failures END
        WHERE key = ${fence.jobKey} AND attempt = ${fence.attempt} AND state = 'running'
        RETURNING key
      ), blobs AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(${json(blobs)}::jsonb) AS blob(digest text, bytes bigint)
      ), superseded AS (
        DELETE FROM checkpoint_blobs USING held
        WHERE job_key = held.key AND digest NOT IN (SELECT digest FROM blobs)
      ), live AS (
        INSERT INTO checkpoint_blobs (job_key, digest, bytes)
        SELECT held.key, blobs.digest, blobs.bytes FROM held, blobs
        ON CONFLICT DO NOTHING
      )
      SELECT key FROM held`,
  );
  if (rows.length === 0) throw fenced(fence);
}

/** Blobs of superseded checkpoints, which are to be deleted unless something else refers to them. */
export async function releasedBlobs(db: Database, limit: number): Promise<string[]> {
  const rows = await db.run((prisma) => prisma.releasedBlob.findMany({ take: limit }));
  return rows.map(({ digest }) => digest);
}

export async function forgetReleased(db: Database, digests: string[]): Promise<void> {
  await db.run((prisma) => prisma.releasedBlob.deleteMany({ where: { digest: { in: digests } } }));
}
