import type { AttemptOutcome } from '@toogit/catalogue';
import type { SerializedError } from '@toogit/core';
import { fenced } from './claim.js';
import { json, type Transaction } from './database.js';
import { failDescendants, settleExperiments, settleJobs } from './graph.js';
import type { Fence, ReadyJob } from './work.js';

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
const storageBackoffMs = 5_000;

/**
 * A store that is away or full, for however long, counts against no job. Each attempt computes anew, though, so the pause
 * doubles with those of the last hour that failed for the same cause: a small result may fit where this one does not.
 */
export async function storageAtFault(
  tx: Transaction,
  { jobKey }: Fence,
): Promise<Pick<Ending, 'counts' | 'backoffMs'>> {
  const [row] = await tx.$queryRaw<{ earlier: number }[]>`
    SELECT least(count(*), 20)::int AS earlier FROM attempts
    WHERE job_key = ${jobKey} AND error ->> 'code' LIKE 'STORAGE%' AND ended_at > now() - interval '1 hour'`;
  return { counts: false, backoffMs: Math.min(storageBackoffMs * 2 ** (row?.earlier ?? 0), backoffLimitMs) };
}

/**
 * The attempt is closed; the job waits for its next one (or for its inputs, should one have been lost meanwhile), or
 * fails if no attempt is left, and its descendants with it. A job that nobody needs any more becomes cancelled.
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
