import { ToogitError } from '@toogit/errors';
import type { Database } from './database.js';
import { endAttempt } from './outcome.js';
import type { ReadyJob } from './work.js';

/** An expiry counts as a failure (a job that kills its workers must end), without backoff (mostly it is the worker). */
export async function expireLeases(db: Database, leaseMs: number): Promise<ReadyJob[]> {
  const silent = await db.run(
    (prisma) => prisma.$queryRaw<{ key: string; attempt: number; worker: string }[]>`
      SELECT j.key, j.attempt, a.worker_id AS worker
      FROM jobs j JOIN attempts a ON a.job_key = j.key AND a.number = j.attempt
      WHERE j.state = 'running' AND j.heartbeat_at < now() - interval '1 millisecond' * ${leaseMs}::int
      ORDER BY j.heartbeat_at`,
  );
  const ready: ReadyJob[] = [];
  for (const { key, attempt, worker } of silent) {
    const error = new ToogitError(
      'COMPUTE_CRASHED',
      `Worker ${worker} has been silent for over ${leaseMs} ms.`,
    );
    const ending = {
      outcome: 'expired',
      error: error.toJSON(),
      counts: true,
      retryable: true,
      backoffMs: null,
    } as const;
    const fence = { jobKey: key, attempt };
    try {
      ready.push(
        ...(await db.transaction((tx) =>
          endAttempt(tx, fence, { ...ending, peakRssBytes: null, silentMs: leaseMs }),
        )),
      );
    } catch (failure) {
      // It spoke, or ended, between the two statements.
      if (!(failure instanceof ToogitError && failure.code === 'JOB_FENCED')) throw failure;
    }
  }
  return ready;
}
