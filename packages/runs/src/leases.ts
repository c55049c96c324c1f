import { ToogitError } from '@toogit/core';
import type { Database } from './database.js';
import { endAttempt } from './outcome.js';
import type { Contact, ReadyJob } from './work.js';

/** How often the database must have been reached, in parts of a lease. */
const contactGap = 0.5;

/**
 * An expiry counts as a failure (a job that kills its workers must end), without backoff (mostly it is the worker). With
 * `contact`, nothing expires before it has lasted for a lease: while the database is away nobody can renew a lease, and
 * whoever sweeps first when it is back must not judge the others by that. The database itself compares, in the statement
 * that looks: one that was stopped in between finds its contact broken.
 */
export async function expireLeases(
  db: Database,
  leaseMs: number,
  contact: Contact | null = null,
): Promise<ReadyJob[]> {
  const silent = await db.promptly(
    (prisma) => prisma.$queryRaw<{ key: string; attempt: number; worker: string }[]>`
      SELECT j.key, j.attempt, a.worker_id AS worker
      FROM jobs j JOIN attempts a ON a.job_key = j.key AND a.number = j.attempt
      WHERE j.state = 'running' AND j.heartbeat_at < now() - interval '1 millisecond' * ${leaseMs}::int
        AND (${contact === null}::boolean OR (
          ${contact?.since ?? null}::timestamptz <= now() - interval '1 millisecond' * ${leaseMs}::int
          AND ${contact?.until ?? null}::timestamptz > now() - interval '1 millisecond' * ${contactGap * leaseMs}::float8))
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

/** The contact that has lasted until now, by the database's clock: the one before, unless it was broken off meanwhile. */
export async function renewContact(db: Database, leaseMs: number, before: Contact | null): Promise<Contact> {
  const [row] = await db.promptly((prisma) => prisma.$queryRaw<{ now: Date }[]>`SELECT now()`);
  if (row === undefined) throw new Error('SELECT now() has one row');
  const lasts = before !== null && row.now.getTime() - before.until.getTime() < contactGap * leaseMs;
  return { since: lasts ? before.since : row.now, until: row.now };
}
