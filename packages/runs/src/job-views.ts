import { type JobKind, type JobProgress, jobKinds, jobWarnings } from '@toogit/catalogue';
import type { SerializedError } from '@toogit/core';
import type { Reader } from './database.js';
import type { Prisma } from './generated/client.js';
import type { AttemptView, JobView, WaitingFor } from './views.js';
import { waitsOf } from './waiting.js';

const withAttempts = { attempts: { orderBy: { number: 'asc' } } } satisfies Prisma.JobInclude;

type JobRow = Prisma.JobGetPayload<{ include: typeof withAttempts }>;

/** The keys of a job's inputs in one role, in order. */
interface Input {
  key: string;
  role: string;
  keys: string[];
}

/** An answer holds the keys of so many inputs, unless one job alone has more: a report of a sweep has thousands. */
const mostInputs = 20_000;

/** These jobs whole, in this order; those that aren't there are left out. */
export async function jobViews(db: Reader, jobs: { key: string; step: string | null }[]): Promise<JobView[]> {
  const keys = jobs.map(({ key }) => key);
  const rows = await db.run((prisma) =>
    prisma.job.findMany({ where: { key: { in: keys } }, include: withAttempts }),
  );
  const inputs = await db.run(
    (prisma) => prisma.$queryRaw<Input[]>`
      SELECT job_key AS key, role, array_agg(depends_on ORDER BY position) AS keys
      FROM job_edges WHERE job_key = ANY(${keys}::text[]) GROUP BY 1, 2`,
  );
  const waits = await waitsOf(db, rows);
  const rowOf = new Map(rows.map((row) => [row.key, row]));
  return jobs.flatMap(({ key, step }) => {
    const row = rowOf.get(key);
    return row
      ? [
          jobView(
            row,
            inputs.filter((input) => input.key === key),
            step,
            waits(row),
          ),
        ]
      : [];
  });
}

/** How many of these jobs, from the first on, an answer has space for. */
export async function answerable(db: Reader, keys: string[]): Promise<number> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<[{ n: number }]>`
      SELECT count(*)::int AS n FROM (
        SELECT place, sum(inputs) OVER (ORDER BY place) AS inputs
        FROM unnest(${keys}::text[]) WITH ORDINALITY AS listed(key, place),
          LATERAL (SELECT count(*) AS inputs FROM job_edges WHERE job_key = listed.key) counted) sums
      WHERE place = 1 OR inputs <= ${mostInputs}`,
  );
  return rows[0].n;
}

/** A role that takes many may be empty, and then has no rows. */
export function inputsByRole<T>(kind: JobKind, rows: { role: string; value: T }[]): Record<string, T[]> {
  const roles = new Set([...Object.keys(jobKinds[kind].inputs), ...rows.map((row) => row.role)]);
  return Object.fromEntries(
    [...roles].map((role) => [role, rows.filter((row) => row.role === role).map((row) => row.value)]),
  );
}

function inputsOf(kind: JobKind, inputs: Input[]): Record<string, string[]> {
  const none = Object.keys(jobKinds[kind].inputs).map((role) => [role, []]);
  return Object.fromEntries([...none, ...inputs.map(({ role, keys }) => [role, keys])]);
}

function jobView(row: JobRow, inputs: Input[], step: string | null, waitingFor: WaitingFor | null): JobView {
  const kind = row.kind as JobKind;
  return {
    key: row.key,
    kind,
    step,
    state: row.state,
    params: row.params,
    seed: Number(row.seed),
    inputs: inputsOf(kind, inputs),
    attempt: row.attempt,
    progress: row.progress as JobProgress | null,
    artifactDigest: row.artifactDigest,
    result: row.result,
    warnings: jobWarnings({ kind, params: row.params, result: row.result }),
    error: row.error as SerializedError | null,
    waitingFor,
    estimate: { flops: row.estimatedFlops, bytes: row.estimatedBytes },
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    attempts: row.attempts.map(attemptView),
  };
}

function attemptView(row: JobRow['attempts'][number]): AttemptView {
  const { number, workerId, outcome } = row;
  return {
    ...{ number, workerId, outcome },
    error: row.error as SerializedError | null,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    peakRssBytes: row.peakRssBytes === null ? null : Number(row.peakRssBytes),
    provenance: row.provenance as Record<string, unknown> | null,
    logTail: row.logTail,
  };
}
