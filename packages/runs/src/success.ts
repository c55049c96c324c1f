import { ToogitError } from '@toogit/errors';
import { fenced } from './claim.js';
import { type Database, json, type Transaction } from './database.js';
import { lockDependants, makeReady, settleExperiments } from './graph.js';
import { type Call, grouped } from './grouped.js';
import type { Fence, JobSuccess, ReadyJob } from './runs.js';

interface Success {
  fence: Fence;
  success: JobSuccess;
}

/**
 * Successes of one process that come together are one transaction. Whatever spoils it (one of them is fenced off, or
 * refers to a blob that was collected) undoes it, and each is recorded alone.
 */
export function recordSuccesses(db: Database): (success: Success) => Promise<ReadyJob[]> {
  return grouped(async (calls: Call<Success, ReadyJob[]>[]) => {
    for (const group of await byDepth(db, calls)) await record(db, group);
  });
}

async function record(db: Database, calls: Call<Success, ReadyJob[]>[]): Promise<void> {
  try {
    const ready = await db.transaction((tx) =>
      succeedAll(
        tx,
        calls.map(({ input }) => input),
      ),
    );
    // One of them pushes what they have made ready.
    for (const [i, { resolve }] of calls.entries()) resolve(i === 0 ? ready : []);
  } catch (error) {
    if (calls.length === 1 || ToogitError.from(error).code === 'DATABASE_UNAVAILABLE') throw error;
    for (const call of calls) await record(db, [call]).catch(call.reject);
  }
}

/**
 * Jobs of one depth don't depend on each other, and their dependants are deeper: locking first them and then their
 * dependants keeps the order of all locks. A job's depth never changes.
 */
async function byDepth<R>(db: Database, calls: Call<Success, R>[]): Promise<Call<Success, R>[][]> {
  if (calls.length === 1) return [calls];
  const keys = calls.map(({ input }) => input.fence.jobKey);
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<{ key: string; depth: number }[]>`
      SELECT key, depth FROM jobs WHERE key = ANY(${keys}::text[])`,
  );
  const depths = new Map(rows.map(({ key, depth }) => [key, depth]));
  return [...new Set(depths.values()), undefined]
    .map((depth) => calls.filter(({ input }) => depths.get(input.fence.jobKey) === depth))
    .filter((group) => group.length > 0);
}

/** Result, metrics and state together, of jobs of one depth. The statement that takes the jobs' rows is the fence. */
async function succeedAll(tx: Transaction, successes: Success[]): Promise<ReadyJob[]> {
  await insertArtifacts(
    tx,
    successes.map(({ success }) => success.artifact),
  );
  const recorded = new Set(await recordResults(tx, successes));
  for (const { fence, success } of successes) {
    if (recorded.has(fence.jobKey)) continue;
    if (successes.length > 1 || !(await alreadySucceeded(tx, fence, success.artifact.digest))) {
      throw fenced(fence);
    }
    return [];
  }
  const keys = [...recorded];
  const dependants = await lockDependants(tx, keys);
  const ready = dependants.length > 0 ? await makeReady(tx, dependants) : [];
  await settleExperiments(tx, keys, dependants);
  return ready;
}

/** The same worker asks again because it did not hear the answer. */
async function alreadySucceeded(tx: Transaction, fence: Fence, digest: string): Promise<boolean> {
  const job = await tx.job.findFirst({
    where: { key: fence.jobKey, attempt: fence.attempt, state: 'succeeded', artifactDigest: digest },
    select: { key: true },
  });
  return job !== null;
}

/** Rows of a digest never change, so whoever comes second has nothing to add. In one order, as two may wait for each other. */
async function insertArtifacts(tx: Transaction, artifacts: JobSuccess['artifact'][]): Promise<void> {
  const list = json(artifacts);
  await tx.$executeRaw`
    INSERT INTO artifacts (digest, type, bytes)
    SELECT digest, type, bytes FROM jsonb_to_recordset(${list}::jsonb) AS artifact(digest text, type text, bytes bigint)
    ORDER BY digest
    ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`
    INSERT INTO artifact_parts (artifact_digest, position, name, sha256, bytes, media_type)
    SELECT digest, position, part->>'name', part->>'sha256', (part->>'bytes')::bigint, part->>'mediaType'
    FROM jsonb_to_recordset(${list}::jsonb) AS artifact(digest text, parts jsonb),
      jsonb_array_elements(parts) WITH ORDINALITY AS list(part, position)
    ORDER BY digest, position
    ON CONFLICT DO NOTHING`;
}

/** Returns whose results were recorded: those that are running, in this attempt. */
async function recordResults(tx: Transaction, successes: Success[]): Promise<string[]> {
  const list = successes.map(({ fence, success }) => ({
    ...{ key: fence.jobKey, attempt: fence.attempt, digest: success.artifact.digest, result: success.result },
    ...{ metrics: success.metrics, rss: success.peakRssBytes, provenance: success.provenance },
  }));
  const rows = await tx.$queryRaw<{ key: string }[]>`
    WITH success AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${json(list)}::jsonb) AS success(key text, attempt int, digest text,
        result jsonb, metrics jsonb, rss bigint, provenance jsonb)
    ), held AS MATERIALIZED (
      SELECT jobs.key FROM jobs JOIN success USING (key, attempt) WHERE state = 'running'
      ORDER BY jobs.key FOR NO KEY UPDATE OF jobs
    ), recorded AS (
      UPDATE jobs SET state = 'succeeded', artifact_digest = success.digest, result = success.result, error = NULL,
        cancel_requested = false, heartbeat_at = NULL, finished_at = now(), checkpoint_step = NULL,
        checkpoint_digest = NULL
      FROM held JOIN success USING (key)
      WHERE jobs.key = held.key AND jobs.attempt = success.attempt AND jobs.state = 'running'
      RETURNING jobs.key
    ), closed AS (
      UPDATE attempts SET outcome = 'succeeded', ended_at = now(), peak_rss_bytes = success.rss,
        provenance = success.provenance
      FROM recorded JOIN success USING (key)
      WHERE attempts.job_key = success.key AND attempts.number = success.attempt
    ), forgotten AS (
      DELETE FROM metrics USING recorded JOIN success USING (key)
      WHERE metrics.job_key = success.key AND metrics.position > jsonb_array_length(success.metrics)
    ), noted AS (
      INSERT INTO metrics (job_key, position, name, value, unit, step, n, ci95, context)
      SELECT success.key, metric.position, name, value, unit, step, n, nullif(ci95, 'null'), context
      FROM recorded JOIN success USING (key), ROWS FROM (jsonb_to_recordset(success.metrics) AS (name text,
        value float8, unit text, step int, n int, ci95 jsonb, context jsonb)) WITH ORDINALITY
        AS metric(name, value, unit, step, n, ci95, context, position)
      ON CONFLICT (job_key, position) DO UPDATE SET name = excluded.name, value = excluded.value,
        unit = excluded.unit, step = excluded.step, n = excluded.n, ci95 = excluded.ci95, context = excluded.context
    )
    SELECT key FROM recorded`;
  return rows.map(({ key }) => key);
}
