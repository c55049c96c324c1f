import type { JobKind, JobProgress, ResourceClass } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { type Database, json } from './database.js';
import { Prisma } from './generated/client.js';
import { type Call, grouped } from './grouped.js';
import { inputsByRole } from './job-views.js';
import type { Claim, Fence, ReadyJob, Verdict, WorkerIdentity } from './work.js';

/*
 * What workers do with a single row. Each is one statement guarded by state and attempt number, so it either finds the
 * job as expected or changes nothing.
 */

interface ClaimedRow {
  key: string;
  kind: JobKind;
  version: number;
  params: unknown;
  seed: bigint;
  depth: number;
  attempt: number;
  checkpoint_step: number | null;
  checkpoint_digest: string | null;
  inputs: { role: string; jobKey: string; value: string }[];
  experiments: { id: string; traceParent: string | null }[];
}

/** A delivery may come a little before `not_before`, because the queue's clock is another one. */
export async function claimJob(db: Database, jobKey: string, workerId: string): Promise<Claim | null> {
  const rows = await db.promptly(
    (prisma) => prisma.$queryRaw<ClaimedRow[]>`
      WITH claimed AS (
        UPDATE jobs SET state = 'running', attempt = attempt + 1, started_at = now(), heartbeat_at = now(),
          progress = NULL, not_before = NULL, cancel_requested = false, yield_requested = false,
          worker = ${workerId}, turn = nextval('job_turns')
        WHERE key = ${jobKey} AND state = 'ready' AND (not_before IS NULL OR not_before < now() + interval '1 second')
        RETURNING key, kind, version, params, seed, depth, attempt, checkpoint_step, checkpoint_digest
      ), noted AS (
        INSERT INTO attempts (job_key, number, worker_id, started_at)
        SELECT key, attempt, ${workerId}, now() FROM claimed
      )
      SELECT claimed.*, inputs_of(claimed.key) AS inputs, (${experimentsOfClaimed}) AS experiments FROM claimed`,
  );
  return rows[0] ? claimOf(rows[0]) : null;
}

interface ClaimQuery {
  resource: ResourceClass;
  limit: number;
}

/** Slots of one worker that become free during a claim claim together. */
export function groupedClaims(db: Database): (worker: WorkerIdentity, query: ClaimQuery) => Promise<Claim[]> {
  const askers = new Map<string, (limit: number) => Promise<Claim[]>>();
  return (worker, { resource, limit }) => {
    const name = `${worker.name} ${worker.instance} ${resource}`;
    const ask = askers.get(name) ?? asker(db, worker, resource);
    askers.set(name, ask);
    return ask(limit);
  };
}

function asker(db: Database, worker: WorkerIdentity, resource: ResourceClass) {
  return grouped(async (calls: Call<number, Claim[]>[]) => {
    const limit = calls.reduce((sum, { input }) => sum + input, 0);
    const claims = await claimNext(db, worker, { resource, limit });
    for (const { input, resolve } of calls) resolve(claims.splice(0, input));
  });
}

/** Who is next is decided in the database, by prisma/functions/claim_jobs.sql. */
async function claimNext(
  db: Database,
  { name, instance }: WorkerIdentity,
  { resource, limit }: ClaimQuery,
): Promise<Claim[]> {
  const rows = await db.promptly(
    (prisma) => prisma.$queryRaw<ClaimedRow[]>`
      SELECT key, kind, version, params, seed, depth, attempt, checkpoint_step, checkpoint_digest,
        inputs_of(key) AS inputs, (${experimentsOfClaimed}) AS experiments
      FROM claim_jobs(${name}, ${instance}::uuid, ${resource}::resource_class, ${limit}::int) claimed`,
  );
  return rows.map(claimOf);
}

const experimentsOfClaimed = Prisma.sql`
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'traceParent', e.trace_parent)
    ORDER BY e.created_at, e.id), '[]')
  FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
  WHERE w.job_key = claimed.key AND e.state = 'running'`;

function claimOf(row: ClaimedRow): Claim {
  const {
    key,
    kind,
    version,
    params,
    depth,
    attempt,
    checkpoint_step: step,
    checkpoint_digest: digest,
  } = row;
  return {
    ...{ jobKey: key, attempt, kind, version, params, depth },
    seed: Number(row.seed),
    inputs: inputsByRole(
      kind,
      row.inputs.map(({ role, jobKey, value: digest }) => ({ role, value: { jobKey, digest } })),
    ),
    checkpoint: step === null || digest === null ? null : { step, digest },
    experimentIds: row.experiments.map(({ id }) => id),
    traceParent: row.experiments.find(({ traceParent }) => traceParent !== null)?.traceParent ?? null,
  };
}

export async function heartbeat(
  db: Database,
  { jobKey, attempt }: Fence,
  progress: JobProgress | null,
): Promise<Verdict> {
  const rows = await db.promptly(
    (prisma) => prisma.$queryRaw<{ verdict: Verdict }[]>`
      UPDATE jobs SET heartbeat_at = now(),
        progress = coalesce(${progress === null ? null : json(progress)}::jsonb, progress)
      WHERE key = ${jobKey} AND attempt = ${attempt} AND state = 'running'
      RETURNING CASE WHEN cancel_requested THEN 'cancel' WHEN yield_requested THEN 'yield' ELSE 'continue' END AS verdict`,
  );
  return rows[0]?.verdict ?? 'fenced';
}

/** Rows that another sweep is taking are skipped. */
export async function takeReady(
  db: Database,
  { limit, notPushedForMs }: { limit: number; notPushedForMs: number },
): Promise<ReadyJob[]> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<ReadyJob[]>`
      UPDATE jobs SET pushed_at = now()
      WHERE key IN (
        SELECT key FROM jobs
        WHERE state = 'ready' AND wanted_by IS NOT NULL AND (
          pushed_at IS NULL OR pushed_at < now() - interval '1 millisecond' * ${notPushedForMs}::int)
        ORDER BY created_at, depth, key LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING key, kind, resource, attempt + 1 AS "nextAttempt",
        coalesce(greatest(0, ceil(extract(epoch FROM not_before - now()) * 1000)), 0)::int AS "delayMs"`,
  );
  return rows;
}

export function fenced({ jobKey, attempt }: Fence): ToogitError {
  return new ToogitError(
    'JOB_FENCED',
    `Attempt ${attempt} of job ${jobKey} is over: another one owns the job, or it has ended.`,
  );
}
