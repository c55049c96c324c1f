import { ToogitError } from '@toogit/errors';
import { fenced } from './claim.js';
import { type Database, json } from './database.js';
import { isAttemptOver } from './database-error.js';
import { type Call, grouped } from './grouped.js';
import type { Fence, JobSuccess, ReadyJob } from './work.js';

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
    const ready = await succeedJobs(
      db,
      calls.map(({ input }) => input),
    );
    // One of them pushes what they have made ready.
    for (const [i, { resolve }] of calls.entries()) resolve(i === 0 ? ready : []);
  } catch (error) {
    if (calls.length === 1 || ToogitError.from(error).code === 'DATABASE_UNAVAILABLE') throw error;
    for (const call of calls) await record(db, [call]).catch(call.reject);
  }
}

/** `succeed_jobs` takes jobs of one depth. It never changes. */
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

/** All or none, by the function of the migrations. */
async function succeedJobs(db: Database, successes: Success[]): Promise<ReadyJob[]> {
  const list = successes.map(({ fence, success: { artifact, peakRssBytes: rss, ...success } }) => {
    return { key: fence.jobKey, attempt: fence.attempt, ...artifact, ...success, rss };
  });
  try {
    return await db.run(
      (prisma) => prisma.$queryRaw<ReadyJob[]>`SELECT * FROM succeed_jobs(${json(list)}::jsonb)`,
    );
  } catch (error) {
    if (successes[0] && isAttemptOver(error)) throw fenced(successes[0].fence);
    throw error;
  }
}
