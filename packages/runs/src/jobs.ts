import type { JobState } from '@toogit/catalogue';
import { type Page, type PageQuery, pageInOrder, pageOf, placeIn, positionOf } from './cursor.js';
import { type Database, notFound, type Reader, type Scope, scoped, wantedBy } from './database.js';
import type { Prisma } from './generated/client.js';
import { answerable, jobViews } from './job-views.js';
import type { JobView } from './views.js';

/** In the order of the plan: dependencies before dependants. A page of jobs with thousands of inputs has fewer of them. */
export async function listJobs(
  db: Database,
  experimentId: string,
  { limit, cursor }: PageQuery,
): Promise<Page<JobView>> {
  const list = `jobs of ${experimentId}`;
  const [after] = placeIn(list, cursor);
  const members = await db.run((prisma) =>
    prisma.experimentJob.findMany({
      where: { experimentId, position: { gt: after } },
      orderBy: { position: 'asc' },
      take: limit + 1,
    }),
  );
  const most = await answerable(
    db,
    members.map(({ jobKey }) => jobKey),
  );
  const page = pageInOrder(members, Math.min(limit, most), list, ({ position }) => [position]);
  const items = page.items.map(({ jobKey, step }) => ({ key: jobKey, step }));
  return { ...page, items: await jobViews(db, items) };
}

/** `step` is the name that the newest experiment gives it. */
export async function getJob(db: Reader, key: string, project: Scope): Promise<JobView> {
  const [view] = await jobViews(db, await steps(db, [key], project));
  if (!view) throw notFound('job', key);
  return view;
}

/** Of these jobs those that the project sees, in any order. */
function steps(db: Reader, keys: string[], project: Scope): Promise<{ key: string; step: string | null }[]> {
  return db.run(async (prisma) => {
    const rows = await prisma.job.findMany({
      where: { key: { in: keys }, ...wantedBy(project) },
      select: { key: true, experiments: newestStep(project) },
    });
    return rows.map(({ key, experiments }) => ({ key, step: experiments[0]?.step ?? null }));
  });
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
  const most = await answerable(
    db,
    found.map(({ key }) => key),
  );
  const page = pageOf(found, Math.min(limit, most), ({ at, key }) => ({ at, id: key }));
  const keys = page.items.map(({ key }) => key);
  const stepOf = new Map((await steps(db, keys, project)).map(({ key, step }) => [key, step]));
  return {
    ...page,
    items: await jobViews(
      db,
      keys.map((key) => ({ key, step: stepOf.get(key) ?? null })),
    ),
  };
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
