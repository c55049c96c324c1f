import { ToogitError } from '@toogit/core';
import type { Database } from './database.js';
import { endAttempt } from './outcome.js';

/**
 * Ends attempts that run longer than the installation, or their project, allows: their jobs fail. A worker learns it at
 * its next heartbeat, which is refused, and ends its compute process. Returns how many.
 */
export async function endOverdue(db: Database, maxJobMs: number): Promise<number> {
  const overdue = await db.promptly(
    (prisma) => prisma.$queryRaw<{ key: string; attempt: number; limitMs: bigint }[]>`
      SELECT j.key, j.attempt, least(p.max_job_duration_ms, ${maxJobMs}::bigint) AS "limitMs"
      FROM jobs j LEFT JOIN projects p ON p.id = j.project_id
      WHERE j.state = 'running'
        AND j.started_at < now() - interval '1 millisecond' * least(p.max_job_duration_ms, ${maxJobMs}::bigint)`,
  );
  let ended = 0;
  for (const { key, attempt, limitMs } of overdue) {
    const error = new ToogitError('JOB_TOO_LONG', `The attempt ran for longer than ${limitMs} ms.`).toJSON();
    const ending = { outcome: 'failed', error, counts: true, retryable: false, backoffMs: null } as const;
    try {
      await db.transaction((tx) =>
        endAttempt(tx, { jobKey: key, attempt }, { ...ending, peakRssBytes: null }),
      );
      ended += 1;
    } catch (failure) {
      // It ended between the two statements.
      if (!(failure instanceof ToogitError && failure.code === 'JOB_FENCED')) throw failure;
    }
  }
  return ended;
}
