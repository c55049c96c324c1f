import { ToogitError } from '@toogit/errors';
import { jobKinds, type Plan, type PlannedJob } from '@toogit/jobs';
import { json, type Transaction } from './database.js';
import { lockJobs, makeReady, reviveJobs, settleExperiments } from './graph.js';
import { lockLimits, refuseOverLimits } from './limits.js';
import { rankJobs } from './ranking.js';
import type { NewExperiment, ReadyJob } from './runs.js';

export interface CreatedExperiment {
  id: string;
  created: boolean;
  ready: ReadyJob[];
}

/** One transaction: the experiment, and those of its jobs that nobody has asked for before. The others are shared. */
export async function createExperiment(
  tx: Transaction,
  wanted: NewExperiment,
  project: string,
): Promise<CreatedExperiment> {
  const limits = await lockLimits(tx, project);
  const made = await insertExperiment(tx, wanted, project);
  if (made === null) return { id: await sameRequest(tx, wanted, project), created: false, ready: [] };
  const { id } = made;
  const { jobs } = wanted.plan;
  const { ready, fresh } = await insertJobs(tx, jobs, { ...made, project, priority: wanted.priority ?? 0 });
  await insertMembership(tx, id, wanted.plan);
  const shared = jobs.filter(({ key }) => !fresh.has(key)).map(({ key }) => key);
  await lockJobs(tx, shared);
  ready.push(...(await reviveJobs(tx, shared)));
  ready.push(...(await rankJobs(tx, shared)));
  // A new job whose inputs are others' may have them already.
  const waiting = jobs.filter(
    ({ key, inputs }) =>
      fresh.get(key) === 'blocked' &&
      !Object.values(inputs)
        .flat()
        .some((input) => fresh.has(input)),
  );
  ready.push(
    ...(await makeReady(
      tx,
      waiting.map(({ key }) => key),
    )),
  );
  await settleExperiments(tx, shared.length > 0 ? shared : jobs.slice(0, 1).map(({ key }) => key));
  await refuseOverLimits(tx, project, limits);
  return { id, created: true, ready };
}

/** The new id, or null if the idempotency key is taken; a request with the same key that is under way is waited for. */
async function insertExperiment(
  tx: Transaction,
  wanted: NewExperiment,
  project: string,
): Promise<{ id: string; number: bigint } | null> {
  const { name, study, profile, specDigest, idempotencyKey, traceParent = null, webhook } = wanted;
  const rows = await tx.$queryRaw<{ id: string; number: bigint }[]>`
    INSERT INTO experiments (name, study, profile, spec, resolved_spec, spec_digest, idempotency_key, project_id,
      priority, trace_parent)
    VALUES (${name}, ${study}, ${profile}, ${json(wanted.spec)}::jsonb, ${json(wanted.resolvedSpec)}::jsonb,
      ${specDigest}, ${idempotencyKey}, ${project}, ${wanted.priority ?? 0}::int, ${traceParent})
    ON CONFLICT (project_id, idempotency_key) DO NOTHING
    RETURNING id::text, number`;
  const made = rows[0] ?? null;
  if (made !== null && webhook) await tx.webhook.create({ data: { experimentId: made.id, ...webhook } });
  return made;
}

async function sameRequest(
  tx: Transaction,
  { idempotencyKey, specDigest }: NewExperiment,
  projectId: string,
): Promise<string> {
  const earlier = await tx.experiment.findUniqueOrThrow({
    where: { projectId_idempotencyKey: { projectId, idempotencyKey: idempotencyKey ?? '' } },
    select: { id: true, specDigest: true },
  });
  if (earlier.specDigest === specDigest) return earlier.id;
  throw new ToogitError(
    'IDEMPOTENCY_KEY_REUSED',
    `Idempotency-Key ${idempotencyKey} belongs to experiment ${earlier.id}, which has another spec.`,
  );
}

/**
 * In lock order, because an insert waits for the same insert elsewhere. Those without inputs are ready at once, and
 * spoken for by this experiment; the others are blocked until settled. Returns which rows are new, and their states.
 */
async function insertJobs(
  tx: Transaction,
  jobs: PlannedJob[],
  { number, project, priority }: { number: bigint; project: string; priority: number },
): Promise<{ fresh: Map<string, 'ready' | 'blocked'>; ready: ReadyJob[] }> {
  const depths = depthsOf(jobs);
  const rows = jobs.map((job) => ({
    key: job.key,
    kind: job.kind,
    version: job.version,
    params: job.params,
    seed: job.seed,
    resource: job.resource,
    depth: depths.get(job.key),
    flops: job.estimate.flops,
    bytes: job.estimate.bytes,
    memoryBytes: job.estimate.memoryBytes ?? null,
    maxAttempts: jobKinds[job.kind].maxAttempts,
    root: isRoot(job),
  }));
  const inserted = await tx.$queryRaw<{ key: string }[]>`
    INSERT INTO jobs (key, kind, version, params, seed, resource, depth, estimated_flops, estimated_bytes,
      estimated_memory_bytes, max_attempts, state, pushed_at, ready_at, wanted_by, project_id, priority)
    SELECT key, kind, version, params, seed, resource, depth, flops, bytes, "memoryBytes", "maxAttempts",
      CASE WHEN root THEN 'ready'::job_state ELSE 'blocked' END, CASE WHEN root THEN now() END,
      CASE WHEN root THEN now() END, CASE WHEN root THEN ${number}::bigint END, CASE WHEN root THEN ${project} END,
      CASE WHEN root THEN ${priority}::int ELSE 0 END
    FROM jsonb_to_recordset(${json(rows)}::jsonb) AS job(key text, kind text, version int, params jsonb, seed bigint,
      resource resource_class, depth int, flops float8, bytes float8, "memoryBytes" float8,
      "maxAttempts" int, root boolean)
    ORDER BY depth, key
    ON CONFLICT DO NOTHING
    RETURNING key`;
  const isNew = new Set(inserted.map(({ key }) => key));
  const added = jobs.filter(({ key }) => isNew.has(key));
  await insertEdges(tx, added);
  return {
    fresh: new Map(added.map((job) => [job.key, isRoot(job) ? 'ready' : 'blocked'])),
    ready: added.filter(isRoot).map(({ key, kind, resource }) => {
      return { key, kind, resource, nextAttempt: 1, delayMs: 0 };
    }),
  };
}

const isRoot = ({ inputs }: PlannedJob) => Object.values(inputs).every((keys) => keys.length === 0);

/** Of new jobs: the others have theirs, since a key covers its inputs. */
async function insertEdges(tx: Transaction, jobs: PlannedJob[]): Promise<void> {
  const edges = jobs.flatMap((job) =>
    Object.entries(job.inputs).flatMap(([role, inputs]) =>
      inputs.map((input, position) => ({ job: job.key, role, position, input })),
    ),
  );
  await tx.$executeRaw`
    INSERT INTO job_edges (job_key, role, position, depends_on)
    SELECT job, role, position, input
    FROM jsonb_to_recordset(${json(edges)}::jsonb) AS edge(job text, role text, position int, input text)
    ORDER BY job, role, position
    ON CONFLICT DO NOTHING`;
}

/** Follows from the key alone, since a key covers its inputs; dependencies come first in a plan. */
function depthsOf(jobs: PlannedJob[]): Map<string, number> {
  const depths = new Map<string, number>();
  for (const { key, inputs } of jobs) {
    const inputDepths = Object.values(inputs)
      .flat()
      .map((input) => depths.get(input) ?? -1);
    depths.set(key, inputDepths.reduce((deepest, depth) => Math.max(deepest, depth), -1) + 1);
  }
  return depths;
}

async function insertMembership(tx: Transaction, id: string, plan: Plan): Promise<void> {
  const stepOf = new Map(
    plan.steps.toReversed().flatMap(({ name, jobKeys }) => jobKeys.map((key) => [key, name])),
  );
  const members = plan.jobs.map((job, position) => ({
    key: job.key,
    step: stepOf.get(job.key) ?? null,
    position,
  }));
  await tx.$executeRaw`
    INSERT INTO experiment_jobs (experiment_id, job_key, step, position)
    SELECT ${id}::uuid, key, step, position
    FROM jsonb_to_recordset(${json(members)}::jsonb) AS member(key text, step text, position int)
    ORDER BY key`;
  await tx.experimentStep.createMany({
    data: plan.steps.map(({ name, kind, jobKeys }, position) => ({
      experimentId: id,
      position,
      name,
      kind,
      jobKeys,
    })),
  });
}
