import type { PlannedJob } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { json, type Transaction } from './database.js';
import { lockJobs, makeReady, reviveJobs, settleExperiment, settleExperiments } from './graph.js';
import { type Fresh, insertJobs, insertMembership } from './insert-jobs.js';
import { lockLimits, refuseOverLimits } from './limits.js';
import { rankJobs } from './ranking.js';
import type { NewExperiment } from './runs.js';
import type { ReadyJob } from './work.js';

export interface CreatedExperiment {
  id: string;
  created: boolean;
  ready: ReadyJob[];
}

/**
 * The experiment, and those of its jobs that nobody has requested before; the others are shared. May be done again with
 * the same `id` where it isn't known whether the commit happened: a commit that is still under way is waited for.
 */
export async function createExperiment(
  tx: Transaction,
  id: string,
  wanted: NewExperiment,
  project: string,
): Promise<CreatedExperiment> {
  const limits = await lockLimits(tx, project);
  const made = await insertExperiment(tx, id, wanted, project);
  if (made === null) return earlier(tx, id, wanted, project);
  const { jobs } = wanted.plan;
  const { ready, fresh } = await insertJobs(tx, jobs, { ...made, project, priority: wanted.priority ?? 0 });
  await insertMembership(tx, id, wanted.plan);
  ready.push(...(await joinOthers(tx, id, jobs, fresh)));
  await refuseOverLimits(tx, project, limits);
  return { id, created: true, ready };
}

/**
 * Brings the new jobs together with those that are there already; returns what became ready. Where all jobs are new
 * there is nothing to do: they are open, and so is the experiment.
 */
async function joinOthers(
  tx: Transaction,
  id: string,
  jobs: PlannedJob[],
  fresh: Fresh,
): Promise<ReadyJob[]> {
  const shared = jobs.filter(({ key }) => !fresh.has(key)).map(({ key }) => key);
  // A new job whose inputs are others' may have them already.
  const waiting = jobs
    .filter((job) => fresh.get(job.key) === 'blocked' && !inputsOf(job).some((input) => fresh.has(input)))
    .map(({ key }) => key);
  if (shared.length === 0 && waiting.length === 0) return [];
  await lockJobs(tx, shared);
  const { revived, ready } = await reviveJobs(tx, shared);
  const ranked = await rankJobs(tx, shared);
  const complete = await makeReady(tx, waiting);
  // Of the others' experiments only those change that hold a job which runs again, however many have ended.
  await settleExperiments(tx, revived);
  await settleExperiment(tx, id);
  return [...ready, ...ranked, ...complete];
}

const inputsOf = ({ inputs }: PlannedJob): string[] => Object.values(inputs).flat();

/** Null if the id or the idempotency key is taken; a request with the same key that is under way is waited for. */
async function insertExperiment(
  tx: Transaction,
  id: string,
  wanted: NewExperiment,
  project: string,
): Promise<{ number: bigint } | null> {
  const { name, study, profile, specDigest, idempotencyKey, traceParent = null, webhook } = wanted;
  const rows = await tx.$queryRaw<{ number: bigint }[]>`
    INSERT INTO experiments (id, name, study, profile, spec, resolved_spec, spec_digest, idempotency_key, project_id,
      priority, trace_parent)
    VALUES (${id}::uuid, ${name}, ${study}, ${profile}, ${json(wanted.spec)}::json, ${json(wanted.resolvedSpec)}::jsonb,
      ${specDigest}, ${idempotencyKey}, ${project}, ${wanted.priority ?? 0}::int, ${traceParent})
    ON CONFLICT DO NOTHING
    RETURNING number`;
  const made = rows[0] ?? null;
  if (made !== null && webhook) await tx.webhook.create({ data: { experimentId: id, ...webhook } });
  return made;
}

/** What this very call has committed before, or an earlier request with its idempotency key. */
async function earlier(
  tx: Transaction,
  id: string,
  { idempotencyKey, specDigest }: NewExperiment,
  projectId: string,
): Promise<CreatedExperiment> {
  // What became ready counts as pushed, so the sweep pushes it.
  if ((await tx.experiment.count({ where: { id } })) === 1) return { id, created: true, ready: [] };
  const earlier = await tx.experiment.findUniqueOrThrow({
    where: { projectId_idempotencyKey: { projectId, idempotencyKey: idempotencyKey ?? '' } },
    select: { id: true, specDigest: true },
  });
  if (earlier.specDigest === specDigest) return { id: earlier.id, created: false, ready: [] };
  throw new ToogitError(
    'IDEMPOTENCY_KEY_REUSED',
    `Idempotency-Key ${idempotencyKey} belongs to experiment ${earlier.id}, which has another spec.`,
  );
}
