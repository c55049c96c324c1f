import type { SerializedError } from '@toogit/errors';
import type { AttemptOutcome } from '@toogit/jobs';
import { fenced } from './claim.js';
import { json, type Transaction } from './database.js';
import {
  dependantsOf,
  failDescendants,
  lockJobs,
  makeReady,
  settleExperiments,
  settleJobs,
} from './graph.js';
import type { Fence, JobSuccess, ReadyJob } from './runs.js';

/** Result, metrics and state together. The first statement takes the job's row, and is the fence. */
export async function succeed(tx: Transaction, fence: Fence, success: JobSuccess): Promise<ReadyJob[]> {
  const { artifact, result } = success;
  await insertArtifact(tx, artifact);
  const changed = await tx.$executeRaw`
    UPDATE jobs SET state = 'succeeded', artifact_digest = ${artifact.digest}, result = ${json(result)}::jsonb,
      error = NULL, cancel_requested = false, heartbeat_at = NULL, finished_at = now(),
      checkpoint_step = NULL, checkpoint_digest = NULL
    WHERE key = ${fence.jobKey} AND attempt = ${fence.attempt} AND state = 'running'`;
  if (changed === 0) {
    if (await alreadySucceeded(tx, fence, artifact.digest)) return [];
    throw fenced(fence);
  }
  await replaceMetrics(tx, fence.jobKey, success.metrics);
  await tx.$executeRaw`
    UPDATE attempts SET outcome = 'succeeded', ended_at = now(), peak_rss_bytes = ${success.peakRssBytes}::bigint,
      provenance = ${json(success.provenance)}::jsonb
    WHERE job_key = ${fence.jobKey} AND number = ${fence.attempt}`;
  const dependants = await dependantsOf(tx, [fence.jobKey]);
  await lockJobs(tx, dependants);
  const ready = await makeReady(tx, dependants);
  await settleExperiments(tx, [fence.jobKey], dependants);
  return ready;
}

/** The same worker asks again because it did not hear the answer. */
async function alreadySucceeded(tx: Transaction, fence: Fence, digest: string): Promise<boolean> {
  const job = await tx.job.findFirst({
    where: { key: fence.jobKey, attempt: fence.attempt, state: 'succeeded', artifactDigest: digest },
    select: { key: true },
  });
  return job !== null;
}

/** Rows of a digest never change, so whoever comes second has nothing to add. */
async function insertArtifact(tx: Transaction, artifact: JobSuccess['artifact']): Promise<void> {
  const { digest, type, bytes, parts } = artifact;
  await tx.$executeRaw`
    INSERT INTO artifacts (digest, type, bytes) VALUES (${digest}, ${type}, ${bytes}::bigint) ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`
    INSERT INTO artifact_parts (artifact_digest, position, name, sha256, bytes, media_type)
    SELECT ${digest}, position, part->>'name', part->>'sha256', (part->>'bytes')::bigint, part->>'mediaType'
    FROM jsonb_array_elements(${json(parts)}::jsonb) WITH ORDINALITY AS list(part, position)
    ON CONFLICT DO NOTHING`;
}

async function replaceMetrics(
  tx: Transaction,
  jobKey: string,
  metrics: JobSuccess['metrics'],
): Promise<void> {
  await tx.metric.deleteMany({ where: { jobKey } });
  await tx.$executeRaw`
    INSERT INTO metrics (job_key, position, name, value, unit, step, n, ci95, context)
    SELECT ${jobKey}, position, name, value, unit, step, n, nullif(ci95, 'null'), context
    FROM ROWS FROM (jsonb_to_recordset(${json(metrics)}::jsonb) AS (name text, value float8, unit text, step int,
      n int, ci95 jsonb, context jsonb)) WITH ORDINALITY
      AS metric(name, value, unit, step, n, ci95, context, position)`;
}

/** How an attempt ends without a result. */
export interface Ending {
  outcome: Exclude<AttemptOutcome, 'succeeded'>;
  error: SerializedError | null;
  /** Whether it counts against maxAttempts. */
  counts: boolean;
  retryable: boolean;
  /** Base of the pause before the next attempt; null: none. */
  backoffMs: number | null;
  peakRssBytes: number | null;
  logTail?: string | null;
  /** For expired leases: the heartbeat must be older than this. */
  silentMs?: number;
}

const backoffLimitMs = 300_000;

/**
 * The attempt is closed; the job waits for its next one (or for its inputs, should one have been lost meanwhile), or
 * fails if no attempt is left, and its descendants with it. A job that nobody wants any more becomes cancelled.
 */
export async function endAttempt(tx: Transaction, fence: Fence, ending: Ending): Promise<ReadyJob[]> {
  const { jobKey, attempt } = fence;
  const { outcome, counts, retryable } = ending;
  const error = ending.error === null ? null : json(ending.error);
  const rows = await tx.$queryRaw<{ state: string }[]>`
    UPDATE jobs SET
      failures = failures + ${counts ? 1 : 0},
      state = CASE WHEN ${retryable} AND (NOT ${counts} OR failures + 1 < max_attempts)
        THEN 'blocked'::job_state ELSE 'failed' END,
      error = CASE WHEN ${retryable} AND (NOT ${counts} OR failures + 1 < max_attempts) THEN NULL ELSE ${error}::jsonb END,
      not_before = CASE WHEN ${ending.backoffMs !== null} THEN now() + interval '1 millisecond' * (0.5 + random() / 2)
        * least(${backoffLimitMs}::int, ${ending.backoffMs ?? 0}::int * 2.0 ^ least(failures, 20)) END,
      heartbeat_at = NULL, finished_at = now()
    WHERE key = ${jobKey} AND attempt = ${attempt} AND state = 'running'
      AND (${ending.silentMs ?? null}::int IS NULL
        OR heartbeat_at < now() - interval '1 millisecond' * ${ending.silentMs ?? null}::int)
    RETURNING state::text`;
  if (!rows[0]) throw fenced(fence);
  await tx.$executeRaw`
    UPDATE attempts SET outcome = ${outcome}::attempt_outcome, error = ${error}::jsonb, ended_at = now(),
      peak_rss_bytes = ${ending.peakRssBytes}::bigint, log_tail = ${ending.logTail?.replaceAll('\0', '\ufffd') ?? null}
    WHERE job_key = ${jobKey} AND number = ${attempt}`;
  if (rows[0].state === 'blocked') {
    await tx.$executeRaw`UPDATE jobs SET finished_at = NULL WHERE key = ${jobKey}`;
    const ready = await settleJobs(tx, [jobKey]);
    await settleExperiments(tx, [jobKey]);
    return ready;
  }
  const failed = await failDescendants(tx, jobKey);
  await settleExperiments(tx, [jobKey, ...failed]);
  return [];
}
