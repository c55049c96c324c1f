import { ToogitError } from '@toogit/core';
import { fenced } from './claim.js';
import { type Database, json } from './database.js';
import { isAttemptOver } from './database-error.js';
import { type Call, grouped } from './grouped.js';
import type { Claim, JobSuccess, ReadyJob } from './work.js';

interface Success {
  claim: Pick<Claim, 'jobKey' | 'attempt' | 'depth'>;
  success: JobSuccess;
}

/**
 * Successes of one process that come together are one transaction. Whatever spoils it (one of them is fenced off, or
 * refers to a blob that was collected) undoes it, and each is recorded alone.
 */
export function recordSuccesses(db: Database): (success: Success) => Promise<ReadyJob[]> {
  return grouped(async (calls: Call<Success, ReadyJob[]>[]) => {
    for (const group of byDepth(calls)) await record(db, group);
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

/** `succeed_jobs` takes jobs of one depth. */
function byDepth<R>(calls: Call<Success, R>[]): Call<Success, R>[][] {
  const depths = new Set(calls.map(({ input }) => input.claim.depth));
  return [...depths].map((depth) => calls.filter(({ input }) => input.claim.depth === depth));
}

/** All or none, by prisma/functions/succeed_jobs.sql. */
async function succeedJobs(db: Database, successes: Success[]): Promise<ReadyJob[]> {
  const list = successes.map(({ claim, success: { artifact, peakRssBytes: rss, ...success } }) => {
    return { key: claim.jobKey, attempt: claim.attempt, ...artifact, ...success, rss };
  });
  try {
    return await db.run(
      (prisma) => prisma.$queryRaw<ReadyJob[]>`SELECT * FROM succeed_jobs(${json(list)}::jsonb)`,
    );
  } catch (error) {
    if (successes[0] && isAttemptOver(error)) throw fenced(successes[0].claim);
    throw error;
  }
}
