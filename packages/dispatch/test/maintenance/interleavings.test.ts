import { randomUUID } from 'node:crypto';
import { type BlobStore, sha256 } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import type { Claim, JobSuccess, Runs } from '@toogit/runs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { collectGarbage } from '../../src/maintenance/collect-garbage.js';
import { age, bytesOf, experimentOf, keyOf, openStores, storeArtifact } from './work.js';

let at: Awaited<ReturnType<typeof openStores>>;
beforeAll(async () => {
  at = await openStores();
});
afterAll(() => at.stop());

const jobs = 3;
const partsOf = (job: number) => [`part ${job}`, 'shared'];
const actions = ['submit', 'claim', 'put', 'succeed', 'cancel', 'delete'] as const;
const step = fc.record({ action: fc.constantFrom(...actions), job: fc.nat({ max: jobs - 1 }) });
/** What the others do before each call that the collector makes. */
const schedule = fc.array(fc.array(step, { maxLength: 5 }), { minLength: 12, maxLength: 30 });

/** People and workers at work on jobs whose artifacts share a part, in one order of events. */
class World {
  readonly salt = randomUUID();
  readonly experiments: string[][] = [[], [], []];
  readonly attempts = new Map<number, { claim: Claim; success: JobSuccess | null }>();
  readonly keys = Array.from({ length: jobs }, (_, job) => keyOf(`${this.salt} ${job}`));

  async act({ action, job }: { action: (typeof actions)[number]; job: number }): Promise<void> {
    const { runs, blobs } = at;
    const key = this.keys[job] as string;
    const attempt = this.attempts.get(job);
    const experiment = this.experiments[job]?.at(-1);
    if (action === 'submit') {
      const { experiment: made } = await runs.createExperiment(experimentOf([key]));
      this.experiments[job]?.push(made.id);
    } else if (action === 'claim') {
      const claim = await runs.claim(key, 'worker');
      if (claim) this.attempts.set(job, { claim, success: null });
    } else if (action === 'put' && attempt) {
      attempt.success = await storeArtifact(blobs, partsOf(job));
      age(blobs);
    } else if (action === 'succeed' && attempt?.success) {
      await this.succeed(job, attempt.claim, attempt.success);
    } else if (action === 'cancel' && experiment) {
      await runs.cancelExperiment(experiment).catch(unless('CONFLICT'));
    } else if (action === 'delete' && experiment) {
      await runs.deleteExperiment(experiment).then(() => this.experiments[job]?.pop(), unless('CONFLICT'));
    }
  }

  private async succeed(job: number, claim: Claim, success: JobSuccess): Promise<void> {
    this.attempts.delete(job);
    try {
      await at.runs.succeed(claim, success);
    } catch (error) {
      unless('ARTIFACT_MISSING')(error);
      await at.runs.release(claim);
    }
  }

  /** Every job that is wanted comes to its result in the end. */
  async finish(): Promise<void> {
    for (let job = 0; job < jobs; job++) {
      for (const action of ['submit', 'claim', 'put', 'succeed', 'claim', 'put', 'succeed'] as const) {
        await this.act({ action, job });
      }
    }
  }
}

function unless(code: string) {
  return (error: unknown) => {
    if (!(error instanceof ToogitError && error.code === code)) throw error;
  };
}

/** The same object, whose methods each let the others go on first. */
function interrupted<T extends object>(target: T, names: (keyof T)[], turn: () => Promise<void>): T {
  const wrapped = Object.create(target) as T;
  for (const name of names) {
    const method = (target[name] as (...args: unknown[]) => Promise<unknown>).bind(target);
    Object.defineProperty(wrapped, name, {
      value: async (...args: unknown[]) => {
        await turn();
        return method(...args);
      },
    });
  }
  return wrapped;
}

async function expectWhole(): Promise<void> {
  const { rows } = await at.sql.query<{ digest: string }>(`
    SELECT artifact_digest AS digest FROM jobs WHERE artifact_digest IS NOT NULL
    UNION SELECT sha256 FROM artifact_parts p JOIN jobs j ON j.artifact_digest = p.artifact_digest`);
  for (const { digest } of rows) expect(at.blobs.blobs.has(digest)).toBe(true);
}

it('never takes away what a result refers to, whatever happens between any two of its steps', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (turns) => {
      const { runs, blobs, sql, stores } = at;
      await sql.query('TRUNCATE experiments, jobs, artifacts, condemned_blobs CASCADE');
      blobs.blobs.clear();
      await blobs.put(sha256(bytesOf('shared')), bytesOf('shared'));
      age(blobs);
      const world = new World();
      const rest = turns.map((steps) => [...steps]);
      // The collector deletes several blobs at once; what the others do stays in one order all the same.
      let last = Promise.resolve();
      const turn = () => {
        last = last.then(async () => {
          for (const each of rest.shift() ?? []) await world.act(each);
        });
        return last;
      };
      const garbage = interrupted(
        runs.garbage,
        ['removeUnheld', 'condemn', 'unfinishedDeletions', 'blobsDeleted', 'oldestRunningAttempt'],
        turn,
      );
      const interruptedStores = {
        ...stores,
        runs: Object.create(runs, { garbage: { value: garbage } }) as Runs,
        blobs: interrupted<BlobStore>(blobs, ['delete', 'removeOrphanedUploads'], turn),
      };
      while (rest.length > 0) {
        await collectGarbage(interruptedStores, { dryRun: false, graceMs: 0, force: true });
        await turn();
      }
      await expectWhole();
      await world.finish();
      await expectWhole();
      for (const key of world.keys) expect((await runs.getJob(key)).state).toBe('succeeded');
      await collectGarbage(stores, { dryRun: false, graceMs: 0 });
      await expectWhole();
    }),
    // Shrinking takes as long again as a run for each try.
    { numRuns: 25, endOnFailure: true },
  );
}, 180_000);
