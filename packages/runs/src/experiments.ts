import { type ExperimentState, type JobState, jobStates, specWarnings } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { type Page, type PageQuery, type Position, pageOf, positionOf } from './cursor.js';
import {
  type Database,
  notFound,
  type Reader,
  type Scope,
  scoped,
  type Transaction,
  uuid,
} from './database.js';
import type { Experiment as ExperimentRow } from './generated/client.js';
import { lockJobs, reviveJobs, settleExperiment, settleExperiments } from './graph.js';
import { rankJobs } from './ranking.js';
import type { Experiment, ExperimentHead, ExperimentSummary } from './views.js';
import type { ReadyJob } from './work.js';

export async function getExperiment(db: Reader, id: string, project: Scope): Promise<Experiment> {
  if (!uuid.test(id)) throw notFound('experiment', id);
  return db.run(async (prisma) => {
    const row = await prisma.experiment.findUnique({
      where: { id, ...scoped(project) },
      include: { steps: { orderBy: { position: 'asc' } } },
    });
    if (!row) throw notFound('experiment', id);
    const counts = await countJobs(prisma, [id]);
    return {
      ...summary(row, counts),
      spec: row.spec,
      resolvedSpec: row.resolvedSpec,
      steps: row.steps.map(({ name, kind, jobKeys }) => ({ name, kind, jobKeys })),
      warnings: specWarnings(row.resolvedSpec),
    };
  });
}

export async function getExperimentHead(db: Database, id: string, project: Scope): Promise<ExperimentHead> {
  const row = await db.run((prisma) =>
    prisma.experiment.findUnique({
      omit: { spec: true, resolvedSpec: true },
      where: { id, ...scoped(project) },
    }),
  );
  if (!row) throw notFound('experiment', id);
  return headOf(row);
}

/** @throws NOT_FOUND */
export async function requireExperiment(db: Database, id: string, project: Scope): Promise<void> {
  if (!(await hasExperiment(db, id, project))) throw notFound('experiment', id);
}

async function hasExperiment(db: Database, id: string, project: Scope): Promise<boolean> {
  const where = { id, ...scoped(project) };
  return uuid.test(id) && (await db.run((prisma) => prisma.experiment.count({ where }))) === 1;
}

/** Newest first. */
export async function listExperiments(
  db: Database,
  query: PageQuery & { state?: ExperimentState; study?: string },
  project: Scope,
): Promise<Page<ExperimentSummary>> {
  const { limit, cursor, state, study } = query;
  const last = cursor === undefined ? null : positionOf(cursor, uuid);
  return db.run(async (prisma) => {
    const rows = await prisma.experiment.findMany({
      // The specs are most of a row.
      omit: { spec: true, resolvedSpec: true },
      where: {
        ...scoped(project),
        ...(state ? { state } : {}),
        ...(study ? { study } : {}),
        ...(last ? olderThan(last) : {}),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    });
    const page = pageOf(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }));
    const ids = page.items.map((row) => row.id);
    const counts = await countJobs(prisma, ids);
    return { ...page, items: page.items.map((row) => summary(row, counts)) };
  });
}

/** The condition that the index can begin at. */
function olderThan({ at, id }: Position) {
  return { createdAt: { lte: at }, OR: [{ createdAt: { lt: at } }, { id: { lt: id } }] };
}

/** Stops what only this experiment needs. The rows of its jobs are locked first, as everywhere. */
export async function cancelExperiment(tx: Transaction, id: string): Promise<void> {
  const keys = await lockExperimentJobs(tx, id);
  const state = await lockExperiment(tx, id);
  if (state === 'cancelled') return;
  if (state !== 'running') throw new ToogitError('CONFLICT', `Experiment ${id} has already ${state}.`);
  await tx.$executeRaw`
    UPDATE experiments SET state = 'cancelled', finished_at = now() WHERE id = ${id}::uuid`;
  await tx.$executeRaw`
    UPDATE jobs SET
      state = CASE WHEN state = 'running' THEN state ELSE 'cancelled' END,
      cancel_requested = state = 'running',
      finished_at = CASE WHEN state <> 'running' THEN now() END
    WHERE key = ANY(${keys}::text[]) AND state IN ('blocked', 'ready', 'running') AND NOT EXISTS (
      SELECT FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
      WHERE w.job_key = jobs.key AND e.state <> 'cancelled')`;
  await rankJobs(tx, keys);
}

/** Nothing begins that only paused experiments need; what runs goes on. Pausing twice is fine. */
export async function pauseExperiment(tx: Transaction, id: string): Promise<void> {
  const keys = await lockExperimentJobs(tx, id);
  const state = await lockExperiment(tx, id);
  if (state !== 'running') throw new ToogitError('CONFLICT', `Experiment ${id} has already ${ended(state)}.`);
  await tx.$executeRaw`
    UPDATE experiments SET paused_at = coalesce(paused_at, now()) WHERE id = ${id}::uuid`;
  await rankJobs(tx, keys);
}

export async function resumeExperiment(tx: Transaction, id: string): Promise<ReadyJob[]> {
  const keys = await lockExperimentJobs(tx, id);
  await lockExperiment(tx, id);
  await tx.$executeRaw`UPDATE experiments SET paused_at = NULL WHERE id = ${id}::uuid`;
  return rankJobs(tx, keys);
}

export async function setPriority(tx: Transaction, id: string, priority: number): Promise<void> {
  const keys = await lockExperimentJobs(tx, id);
  await lockExperiment(tx, id);
  await tx.$executeRaw`UPDATE experiments SET priority = ${priority}::int WHERE id = ${id}::uuid`;
  await rankJobs(tx, keys);
}

const ended = (state: ExperimentState) => (state === 'cancelled' ? 'been cancelled' : state);

export async function retryExperiment(tx: Transaction, id: string): Promise<ReadyJob[]> {
  const keys = await lockExperimentJobs(tx, id);
  await lockExperiment(tx, id);
  await tx.$executeRaw`
    UPDATE experiments SET state = 'running', finished_at = NULL WHERE id = ${id}::uuid AND state = 'cancelled'`;
  const { revived, ready } = await reviveJobs(tx, keys);
  ready.push(...(await rankJobs(tx, keys)));
  await settleExperiments(tx, revived);
  await settleExperiment(tx, id);
  return ready;
}

async function lockExperimentJobs(tx: Transaction, id: string): Promise<string[]> {
  if (!uuid.test(id)) throw notFound('experiment', id);
  const rows = await tx.experimentJob.findMany({ where: { experimentId: id }, select: { jobKey: true } });
  const keys = rows.map((row) => row.jobKey);
  await lockJobs(tx, keys);
  return keys;
}

async function lockExperiment(tx: Transaction, id: string): Promise<ExperimentState> {
  const rows = await tx.$queryRaw<{ state: ExperimentState }[]>`
    SELECT state::text FROM experiments WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  if (!rows[0]) throw notFound('experiment', id);
  return rows[0].state;
}

type JobCounts = Map<string, Record<JobState, number>>;

async function countJobs(prisma: Transaction, ids: string[]): Promise<JobCounts> {
  const none = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;
  const counts: JobCounts = new Map(ids.map((id) => [id, { ...none }]));
  const rows = await prisma.$queryRaw<{ id: string; state: JobState; n: number }[]>`
    SELECT w.experiment_id::text AS id, j.state::text AS state, count(*)::int AS n
    FROM experiment_jobs w JOIN jobs j ON j.key = w.job_key
    WHERE w.experiment_id = ANY(${ids}::uuid[]) GROUP BY 1, 2`;
  for (const { id, state, n } of rows) {
    const count = counts.get(id);
    if (count) count[state] = n;
  }
  return counts;
}

type HeadRow = Omit<ExperimentRow, 'spec' | 'resolvedSpec'>;

function summary(row: HeadRow, counts: JobCounts): ExperimentSummary {
  const jobs = counts.get(row.id);
  if (!jobs) throw notFound('experiment', row.id);
  return { ...headOf(row), jobs };
}

function headOf(row: HeadRow): ExperimentHead {
  const { id, name, study, profile, specDigest, state, priority } = row;
  return {
    ...{ id, name, study, profile, specDigest, state, priority },
    pausedAt: row.pausedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
