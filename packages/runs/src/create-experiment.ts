import { ToogitError } from '@toogit/errors';
import type { PlannedJob } from '@toogit/jobs';
import { json, type Transaction } from './database.js';
import { lockJobs, makeReady, reviveJobs, settleExperiments } from './graph.js';
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
  ready.push(...(await joinOthers(tx, jobs, fresh)));
  await refuseOverLimits(tx, project, limits);
  return { id, created: true, ready };
}

/**
 * Brings the new jobs together with those that are there already; returns what became ready. Where all jobs are new
 * there is nothing to do: they are open, and so is the experiment.
 */
async function joinOthers(tx: Transaction, jobs: PlannedJob[], fresh: Fresh): Promise<ReadyJob[]> {
  const shared = jobs.filter(({ key }) => !fresh.has(key)).map(({ key }) => key);
  // A new job whose inputs are others' may have them already.
  const waiting = jobs
    .filter((job) => fresh.get(job.key) === 'blocked' && !inputsOf(job).some((input) => fresh.has(input)))
    .map(({ key }) => key);
  if (shared.length === 0 && waiting.length === 0) return [];
  await lockJobs(tx, shared);
  const revived = await reviveJobs(tx, shared);
  const ranked = await rankJobs(tx, shared);
  const complete = await makeReady(tx, waiting);
  await settleExperiments(tx, [...shared, ...waiting]);
  return [...revived, ...ranked, ...complete];
}

const inputsOf = ({ inputs }: PlannedJob): string[] => Object.values(inputs).flat();

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
    VALUES (${name}, ${study}, ${profile}, ${json(wanted.spec)}::json, ${json(wanted.resolvedSpec)}::jsonb,
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
