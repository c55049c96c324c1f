import { type ExperimentState, experimentStates, type JobState, jobStates } from '@toogit/catalogue';
import { type Database, json, type Scope, uuid, wantedBy } from './database.js';
import type { JobOutcome, PlannedReport, ReportsQuery, RunsTotals } from './views.js';

interface ReportRow {
  id: string;
  name: string;
  study: string | null;
  profile: string | null;
  state: ExperimentState;
  job_key: string;
  params: unknown;
  sources: string[];
}

/** The report jobs of the newest experiments that match, newest experiment first, whether they are done or not. */
export async function listReports(
  db: Database,
  query: ReportsQuery,
  project: Scope,
): Promise<PlannedReport[]> {
  const ids = query.experiments?.filter((id) => uuid.test(id)) ?? null;
  const { study = null, figure, limit } = query;
  const shape = json({ figures: figure === undefined ? [] : [{ kind: figure }] });
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<ReportRow[]>`
      WITH chosen AS (
        SELECT e.* FROM experiments e
        WHERE (${ids}::uuid[] IS NULL OR e.id = ANY(${ids}::uuid[])) AND (${study}::text IS NULL OR e.study = ${study})
          AND (${project}::text IS NULL OR e.project_id = ${project})
          AND EXISTS (
            SELECT FROM experiment_steps s JOIN jobs j ON j.key = ANY(s.job_keys)
            WHERE s.experiment_id = e.id AND s.kind = 'report' AND j.params @> ${shape}::jsonb)
        ORDER BY e.created_at DESC, e.id DESC LIMIT ${limit})
      SELECT e.id::text, e.name, e.study, e.profile, e.state::text, j.key AS job_key, j.params, (
        SELECT coalesce(jsonb_agg(edge.depends_on ORDER BY edge.position), '[]') FROM job_edges edge
        WHERE edge.job_key = j.key AND edge.role = 'sources') AS sources
      FROM chosen e JOIN experiment_steps s ON s.experiment_id = e.id, unnest(s.job_keys) WITH ORDINALITY AS made(key, place)
        JOIN jobs j ON j.key = made.key
      WHERE s.kind = 'report' AND j.params @> ${shape}::jsonb
      ORDER BY e.created_at DESC, e.id DESC, s.position, made.place`,
  );
  return rows.map(({ id, name, study, profile, state, job_key, params, sources }) => ({
    experiment: { id, name, study, profile, state },
    jobKey: job_key,
    params,
    sources,
  }));
}

/** Artifact and result of those of the jobs that have succeeded. */
export async function readOutcomes(
  db: Database,
  keys: string[],
  project: Scope,
): Promise<Map<string, JobOutcome>> {
  const rows = await db.run((prisma) =>
    prisma.job.findMany({
      where: { key: { in: keys }, artifactDigest: { not: null }, ...wantedBy(project) },
      select: { key: true, artifactDigest: true, result: true },
    }),
  );
  return new Map(
    rows.map(({ key, artifactDigest, result }) => [key, { digest: artifactDigest ?? '', result }]),
  );
}

/** How many experiments and jobs there are by state, and how many experiments of each study. */
export async function readTotals(db: Database, project: Scope): Promise<RunsTotals> {
  return db.run(async (prisma) => {
    const experiments = await prisma.$queryRaw<{ study: string | null; state: ExperimentState; n: number }[]>`
      SELECT study, state::text AS state, count(*)::int AS n FROM experiments
      WHERE ${project}::text IS NULL OR project_id = ${project} GROUP BY 1, 2`;
    const jobs = await prisma.$queryRaw<{ state: JobState; n: number }[]>`
      SELECT state::text AS state, count(*)::int AS n FROM jobs
      WHERE ${project}::text IS NULL OR key IN (
        SELECT w.job_key FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
        WHERE e.project_id = ${project})
      GROUP BY 1`;
    const studies = [...new Set(experiments.map(({ study }) => study))].filter((study) => study !== null);
    return {
      experiments: counted(experimentStates, experiments),
      jobs: counted(jobStates, jobs),
      studies: studies.sort().map((study) => ({
        study,
        experiments: counted(
          experimentStates,
          experiments.filter((row) => row.study === study),
        ),
      })),
    };
  });
}

function counted<S extends string>(states: readonly S[], rows: { state: S; n: number }[]): Record<S, number> {
  const counts = states.map((state) => [
    state,
    rows.filter((row) => row.state === state).reduce((sum, row) => sum + row.n, 0),
  ]);
  return Object.fromEntries(counts) as Record<S, number>;
}
