import { type Page, type PageQuery, pageInOrder, placeIn } from './cursor.js';
import { type Database, notFound, type Scope, type Transaction, wantedBy } from './database.js';
import type { Prisma } from './generated/client.js';
import { dependantsOf, lockJobs, settleExperiments, settleJobs } from './graph.js';
import { newestStep } from './jobs.js';
import type { ArtifactView } from './views.js';
import type { ReadyJob } from './work.js';

const withParts = {
  artifact: { include: { parts: { orderBy: { position: 'asc' } } } },
} satisfies Prisma.JobInclude;

type MakerRow = Prisma.JobGetPayload<{ include: typeof withParts }>;

/** Of the jobs that have succeeded, in the order of the plan. */
export async function listArtifacts(
  db: Database,
  experimentId: string,
  { limit, cursor }: PageQuery,
): Promise<Page<ArtifactView>> {
  const list = `artifacts of ${experimentId}`;
  const [after] = placeIn(list, cursor);
  const members = await db.run((prisma) =>
    prisma.experimentJob.findMany({
      where: { experimentId, position: { gt: after }, job: { artifactDigest: { not: null } } },
      orderBy: { position: 'asc' },
      take: limit + 1,
      include: { job: { include: withParts } },
    }),
  );
  const page = pageInOrder(members, limit, list, ({ position }) => [position]);
  return { ...page, items: page.items.flatMap(({ step, job }) => artifactView(job, step)) };
}

export async function getArtifact(db: Database, digest: string, project: Scope): Promise<ArtifactView> {
  const maker = await db.run((prisma) =>
    prisma.job.findFirst({
      where: { artifactDigest: digest, ...wantedBy(project) },
      orderBy: { finishedAt: 'asc' },
      include: { ...withParts, experiments: newestStep(project) },
    }),
  );
  const [view] = maker ? artifactView(maker, maker.experiments[0]?.step ?? null) : [];
  if (!view) throw notFound('artifact', digest);
  return view;
}

/** A manifest (whose bytes are not recorded) or a part of an artifact that the project sees; null if there is none. */
export async function findBlob(
  db: Database,
  digest: string,
  project: Scope,
): Promise<{ bytes: number | null } | null> {
  // A union, since an OR over two tables is answered by reading both.
  const [holder] = await db.run(
    (prisma) => prisma.$queryRaw<{ bytes: bigint | null }[]>`
      SELECT holder.bytes
      FROM (SELECT ${digest}::text AS digest, NULL::bigint AS bytes
        UNION ALL SELECT artifact_digest, bytes FROM artifact_parts WHERE sha256 = ${digest}) holder
        JOIN jobs j ON j.artifact_digest = holder.digest
      WHERE ${project}::text IS NULL OR EXISTS (
        SELECT FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
        WHERE w.job_key = j.key AND e.project_id = ${project})
      LIMIT 1`,
  );
  return holder ? { bytes: holder.bytes === null ? null : Number(holder.bytes) } : null;
}

function artifactView({ key, result, artifact }: MakerRow, step: string | null): ArtifactView[] {
  if (!artifact) return [];
  const { digest, type, bytes, parts } = artifact;
  const views = parts.map(({ name, sha256, bytes: partBytes, mediaType }) => {
    return { name, sha256, bytes: Number(partBytes), mediaType };
  });
  return [{ digest, type, jobKey: key, step, bytes: Number(bytes), meta: result, parts: views }];
}

/**
 * Makers of the lost blob run again; their dependants that have not begun wait for them. A dependant that runs goes
 * on: it fails when it misses the blob, and waits then. A checkpoint that is lost is forgotten.
 */
export async function artifactLost(tx: Transaction, digest: string): Promise<ReadyJob[]> {
  const holders = await tx.$queryRaw<{ key: string }[]>`
    SELECT key FROM jobs WHERE checkpoint_digest = ${digest} OR artifact_digest = ${digest} OR artifact_digest IN (
      SELECT artifact_digest FROM artifact_parts WHERE sha256 = ${digest})`;
  const keys = holders.map((row) => row.key);
  await lockJobs(tx, [...keys, ...(await dependantsOf(tx, keys))]);
  await tx.$executeRaw`
    UPDATE jobs SET checkpoint_step = NULL, checkpoint_digest = NULL
    WHERE key = ANY(${keys}::text[]) AND checkpoint_digest = ${digest}`;
  const makers = await tx.$queryRaw<{ key: string }[]>`
    UPDATE jobs SET state = 'blocked', artifact_digest = NULL, result = NULL, failures = 0, finished_at = NULL
    WHERE key = ANY(${keys}::text[]) AND state = 'succeeded' AND (artifact_digest = ${digest} OR artifact_digest IN (
      SELECT artifact_digest FROM artifact_parts WHERE sha256 = ${digest}))
    RETURNING key`;
  const lost = makers.map((row) => row.key);
  await tx.$executeRaw`
    UPDATE jobs SET state = 'blocked'
    WHERE state = 'ready' AND key IN (SELECT job_key FROM job_edges WHERE depends_on = ANY(${lost}::text[]))`;
  const ready = await settleJobs(tx, lost);
  await settleExperiments(tx, lost);
  return ready;
}
