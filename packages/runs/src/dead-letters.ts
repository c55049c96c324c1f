import { ToogitError } from '@toogit/core';
import { notFound, type Transaction } from './database.js';
import { lockJobs, reviveJobs, settleExperiments } from './graph.js';
import type { ReadyJob } from './work.js';

/** Brings a failed job back with all its attempts, and with it whatever failed for the same cause. */
export async function retryJob(tx: Transaction, key: string): Promise<ReadyJob[]> {
  const keys = await connectedJobs(tx, key);
  if (keys.length === 0) throw notFound('job', key);
  await lockJobs(tx, keys);
  const [job] = await tx.$queryRaw<{ state: string; wanted: boolean }[]>`
    SELECT state::text, EXISTS (
      SELECT FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
      WHERE w.job_key = jobs.key AND e.state <> 'cancelled') AS wanted
    FROM jobs WHERE key = ${key}`;
  if (job?.state !== 'failed') throw new ToogitError('CONFLICT', `Job ${key} is ${job?.state}, not failed.`);
  if (!job.wanted) throw new ToogitError('CONFLICT', `No experiment needs job ${key} any more.`);
  const { revived, ready } = await reviveJobs(tx, keys);
  await settleExperiments(tx, revived);
  return ready;
}

/** The job and every failed or cancelled one connected with it: its inputs, their dependants, and so on. */
async function connectedJobs(tx: Transaction, key: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    WITH RECURSIVE connected AS (
      SELECT key FROM jobs WHERE key = ${key}
      UNION
      SELECT neighbour.key
      FROM connected JOIN job_edges edge ON connected.key IN (edge.job_key, edge.depends_on)
        JOIN jobs neighbour ON neighbour.key IN (edge.job_key, edge.depends_on)
      WHERE neighbour.state IN ('failed', 'cancelled')
    )
    SELECT key FROM connected`;
  return rows.map((row) => row.key);
}
