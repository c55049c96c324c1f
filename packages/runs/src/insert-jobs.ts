import { jobKinds, type Plan, type PlannedJob } from '@toogit/catalogue';
import { json, type Transaction } from './database.js';
import type { ReadyJob } from './work.js';

/**
 * Rows of one statement: a plan of 100,000 jobs is some 100 MB of JSON, which nobody should hold at once, and Prisma's
 * `debug` holds the arguments of its last hundred messages, that is of some thirty statements, twice.
 */
const rowsAtOnce = 1_000;

/** Which of a plan's jobs are new, and the state that they have begun in. */
export type Fresh = Map<string, 'ready' | 'blocked'>;

/**
 * In lock order, because an insert waits for the same insert elsewhere. Those without inputs are ready at once, and
 * spoken for by this experiment; the others are blocked until settled.
 */
export async function insertJobs(
  tx: Transaction,
  jobs: PlannedJob[],
  spokenForBy: { number: bigint; project: string; priority: number },
): Promise<{ fresh: Fresh; ready: ReadyJob[] }> {
  const fresh: Fresh = new Map();
  const ready: ReadyJob[] = [];
  for (const chunk of chunks(inLockOrder(jobs))) {
    const inserted = new Set(await insertRows(tx, chunk, spokenForBy));
    for (const { job } of chunk) {
      const { key, kind, resource } = job;
      if (!inserted.has(key)) continue;
      fresh.set(key, isRoot(job) ? 'ready' : 'blocked');
      if (isRoot(job)) ready.push({ key, kind, resource, nextAttempt: 1, delayMs: 0 });
    }
  }
  return { fresh, ready };
}

interface Placed {
  job: PlannedJob;
  depth: number;
}

/** A depth follows from the key alone, since a key covers its inputs; dependencies come first in a plan. */
function inLockOrder(jobs: PlannedJob[]): Placed[] {
  const depths = new Map<string, number>();
  for (const { key, inputs } of jobs) {
    const inputDepths = Object.values(inputs)
      .flat()
      .map((input) => depths.get(input) ?? -1);
    depths.set(key, inputDepths.reduce((deepest, depth) => Math.max(deepest, depth), -1) + 1);
  }
  return jobs
    .map((job) => ({ job, depth: depths.get(job.key) ?? 0 }))
    .sort((a, b) => a.depth - b.depth || (a.job.key < b.job.key ? -1 : 1));
}

const isRoot = ({ inputs }: PlannedJob) => Object.values(inputs).every((keys) => keys.length === 0);

/** Returns the keys of new rows. They get their edges; the others have theirs, since a key covers its inputs. */
async function insertRows(
  tx: Transaction,
  jobs: Placed[],
  { number, project, priority }: { number: bigint; project: string; priority: number },
): Promise<string[]> {
  const rows = jobs.map(({ job, depth }) => ({
    key: job.key,
    kind: job.kind,
    version: job.version,
    params: job.params,
    seed: job.seed,
    resource: job.resource,
    depth,
    inputs: job.inputs,
    estimate: job.estimate,
    attempts: jobKinds[job.kind].maxAttempts,
    root: isRoot(job),
  }));
  const inserted = await tx.$queryRaw<{ key: string }[]>`
    WITH planned AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${json(rows)}::jsonb) AS job(key text, kind text, version int, params jsonb,
        seed bigint, resource resource_class, depth int, inputs jsonb, estimate jsonb, attempts int, root boolean)
    ), added AS (
      INSERT INTO jobs (key, kind, version, params, seed, resource, depth, estimated_flops, estimated_bytes,
        estimated_work, estimated_memory_bytes, max_attempts, state, pushed_at, ready_at, wanted_by, project_id, priority)
      SELECT key, kind, version, params, seed, resource, depth, (estimate->>'flops')::float8,
        (estimate->>'bytes')::float8, coalesce(estimate->'work', estimate->'flops')::float8,
        (estimate->>'memoryBytes')::float8, attempts,
        CASE WHEN root THEN 'ready'::job_state ELSE 'blocked' END, CASE WHEN root THEN now() END,
        CASE WHEN root THEN now() END, CASE WHEN root THEN ${number}::bigint END, CASE WHEN root THEN ${project} END,
        CASE WHEN root THEN ${priority}::int ELSE 0 END
      FROM planned ORDER BY depth, key
      ON CONFLICT DO NOTHING
      RETURNING key
    ), edges AS (
      INSERT INTO job_edges (job_key, role, position, depends_on)
      SELECT key, role, position - 1, input
      FROM added JOIN planned USING (key), jsonb_each(inputs) AS inputs_of(role, list),
        jsonb_array_elements_text(list) WITH ORDINALITY AS each(input, position)
    )
    SELECT key FROM added`;
  return inserted.map(({ key }) => key);
}

/** Which experiment needs which jobs, and by which of its steps. */
export async function insertMembership(tx: Transaction, id: string, plan: Plan): Promise<void> {
  const stepOf = new Map(
    plan.steps.toReversed().flatMap(({ name, jobKeys }) => jobKeys.map((key) => [key, name])),
  );
  const members = plan.jobs
    .map(({ key }, position) => ({ key, step: stepOf.get(key) ?? null, position }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const chunk of chunks(members)) {
    await tx.$executeRaw`
      INSERT INTO experiment_jobs (experiment_id, job_key, step, position)
      SELECT ${id}::uuid, key, step, position
      FROM jsonb_to_recordset(${json(chunk)}::jsonb) AS member(key text, step text, position int)
      ORDER BY key`;
  }
  await tx.experimentStep.createMany({
    data: plan.steps.map(({ name, kind, jobKeys }, position) => ({
      ...{ experimentId: id, position, name, kind, jobKeys },
    })),
  });
}

function* chunks<T>(rows: T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) yield rows.slice(start, start + rowsAtOnce);
}
