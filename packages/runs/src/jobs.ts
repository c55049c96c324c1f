import type { SerializedError } from '@toogit/errors';
import { type JobKind, type JobProgress, type JobState, jobKinds, jobWarnings } from '@toogit/jobs';
import { type Page, type PageQuery, pageOf, positionOf } from './cursor.js';
import { type Database, notFound, type Reader, type Scope, scoped, wantedBy } from './database.js';
import type { Prisma } from './generated/client.js';
import type { AttemptView, JobView, WaitingFor } from './views.js';
import { waitsOf } from './waiting.js';

const withHistory = {
  inputs: { orderBy: [{ role: 'asc' }, { position: 'asc' }] },
  attempts: { orderBy: { number: 'asc' } },
} satisfies Prisma.JobInclude;

type JobRow = Prisma.JobGetPayload<{ include: typeof withHistory }>;

/** In the order of the plan: dependencies before dependants. */
export async function listJobs(db: Database, experimentId: string): Promise<JobView[]> {
  const members = await db.run((prisma) =>
    prisma.experimentJob.findMany({
      where: { experimentId },
      orderBy: { position: 'asc' },
      include: { job: { include: withHistory } },
    }),
  );
  const waits = await waitsOf(
    db,
    members.map(({ job }) => job),
  );
  return members.map(({ step, job }) => jobView(job, step, waits(job)));
}

const withStep = (project: Scope) =>
  ({ ...withHistory, experiments: newestStep(project) }) satisfies Prisma.JobInclude;

/** `step` is the name that the newest experiment gives it. */
export async function getJob(db: Reader, key: string, project: Scope): Promise<JobView> {
  const row = await db.run((prisma) =>
    prisma.job.findUnique({
      where: { key, ...wantedBy(project) },
      include: withStep(project),
    }),
  );
  if (!row) throw notFound('job', key);
  return jobView(row, row.experiments[0]?.step ?? null, (await waitsOf(db, [row]))(row));
}

/** What has failed for good, newest first: a person looks at it, and retries it or not. */
export async function listFailedJobs(
  db: Database,
  { limit, cursor }: PageQuery,
  project: Scope,
): Promise<Page<JobView>> {
  const last = cursor === undefined ? null : positionOf(cursor, /^[0-9a-f]{64}$/);
  const { at, id } = last ?? { at: null, id: '' };
  // Walks the index of what has failed; the test of each row keeps the planner from reading all of the project's jobs.
  const found = await db.run(
    (prisma) => prisma.$queryRaw<{ key: string; at: Date }[]>`
      SELECT key, finished_at AS at FROM jobs
      WHERE state = 'failed'
        AND (${at}::timestamptz IS NULL OR finished_at <= ${at}::timestamptz
          AND (finished_at < ${at}::timestamptz OR key > ${id}))
        AND (${project}::text IS NULL OR (
          SELECT true FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
          WHERE w.job_key = jobs.key AND e.project_id = ${project} LIMIT 1))
      ORDER BY finished_at DESC, key LIMIT ${limit + 1}`,
  );
  const page = pageOf(found, limit, ({ at, key }) => ({ at, id: key }));
  const keys = page.items.map(({ key }) => key);
  const rows = await db.run((prisma) =>
    prisma.job.findMany({ where: { key: { in: keys } }, include: withStep(project) }),
  );
  const rowOf = new Map(rows.map((row) => [row.key, row]));
  const items = keys.flatMap((key) => rowOf.get(key) ?? []);
  return { ...page, items: items.map((row) => jobView(row, row.experiments[0]?.step ?? null, null)) };
}

/** Which name the newest experiment gives a job. */
export function newestStep(project: Scope) {
  return {
    where: { experiment: scoped(project) },
    take: 1,
    orderBy: { experiment: { createdAt: 'desc' } },
    select: { step: true },
  } as const satisfies Prisma.Job$experimentsArgs;
}

export async function readJobStates(
  db: Database,
  keys: string[],
  project: Scope,
): Promise<Map<string, JobState>> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<{ key: string; state: JobState }[]>`
      SELECT key, state::text AS state FROM jobs
      WHERE key = ANY(${keys}::text[]) AND (${project}::text IS NULL OR EXISTS (
        SELECT FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
        WHERE w.job_key = jobs.key AND e.project_id = ${project}))`,
  );
  return new Map(rows.map(({ key, state }) => [key, state]));
}

/** A role that takes many may be empty, and then has no rows. */
export function inputsByRole<T>(kind: JobKind, rows: { role: string; value: T }[]): Record<string, T[]> {
  const roles = new Set([...Object.keys(jobKinds[kind].inputs), ...rows.map((row) => row.role)]);
  return Object.fromEntries(
    [...roles].map((role) => [role, rows.filter((row) => row.role === role).map((row) => row.value)]),
  );
}

function jobView(row: JobRow, step: string | null, waitingFor: WaitingFor | null): JobView {
  const kind = row.kind as JobKind;
  return {
    key: row.key,
    kind,
    step,
    state: row.state,
    params: row.params,
    seed: Number(row.seed),
    inputs: inputsByRole(
      kind,
      row.inputs.map(({ role, dependsOn }) => ({ role, value: dependsOn })),
    ),
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
