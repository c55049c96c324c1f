import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openRuns } from '../src/open-runs.js';
import type { Claim } from '../src/work.js';
import { startRuns } from './database.js';
import { claimed, experimentOf, type Graph, keyOf, successOf } from './graphs.js';
import { joined } from './workers.js';

const database = await startRuns();
const { runs } = database;
afterAll(() => database.stop());
beforeEach(() => database.query('TRUNCATE experiments, jobs, artifacts, condemned_blobs, workers CASCADE'));

const names = Array.from({ length: 40 }, (_, i) => `${i}`);
const independent: Graph = Object.fromEntries(names.map((name) => [name, []]));

async function claimAll(world: string, graph: Graph): Promise<Claim[]> {
  await runs.createExperiment(experimentOf(world, graph));
  return Promise.all(Object.keys(graph).map((name) => claimed(runs, keyOf(world, name))));
}

/** Transactions that have brought jobs to success; a row's xmin is the one that wrote it. */
async function transactions(): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    "SELECT count(DISTINCT xmin::text)::int AS n FROM jobs WHERE state = 'succeeded'",
  );
  return row?.n ?? 0;
}

describe('successes that come together', () => {
  it('are few transactions, and the experiment ends with the last', async () => {
    const claims = await claimAll('together', independent);
    await Promise.all(claims.map((claim) => runs.succeed(claim, successOf(claim))));
    expect(await transactions()).toBeLessThan(5);
    expect((await runs.totals()).experiments.succeeded).toBe(1);
    expect(await database.query('SELECT 1 FROM metrics')).toHaveLength(2 * names.length);
    expect(await database.query("SELECT 1 FROM attempts WHERE outcome = 'succeeded'")).toHaveLength(
      names.length,
    );
  });

  it('succeed each for itself when one of them is fenced off', async () => {
    const claims = await claimAll('fenced', independent);
    const [stale] = claims as [Claim];
    await runs.release(stale);
    await claimed(runs, stale.jobKey);
    const results = await Promise.allSettled(claims.map((claim) => runs.succeed(claim, successOf(claim))));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'JOB_FENCED' } }]);
    expect(results[0]?.status).toBe('rejected');
    expect((await runs.totals()).jobs).toMatchObject({ running: 1, succeeded: names.length - 1 });
    const { digest } = successOf(stale).artifact;
    expect(await database.query('SELECT 1 FROM artifacts WHERE digest = $1', [digest])).toEqual([]);
  });

  it('succeed each for itself when one of them refers to a blob that was collected', async () => {
    const claims = await claimAll('condemned', independent);
    const [unlucky] = claims as [Claim];
    await database.query('INSERT INTO condemned_blobs (digest) VALUES ($1)', [
      successOf(unlucky).artifact.digest,
    ]);
    const results = await Promise.allSettled(claims.map((claim) => runs.succeed(claim, successOf(claim))));
    expect(results.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { code: 'ARTIFACT_MISSING' } },
    ]);
    expect((await runs.totals()).jobs.succeeded).toBe(names.length - 1);
  });

  it('make a dependant ready once, whichever of several processes has its last input', async () => {
    const other = openRuns(database.url);
    const claims = await claimAll('inputs', independent);
    await runs.createExperiment(experimentOf('inputs', { ...independent, after: names, last: ['after'] }));
    const ready = await Promise.all(
      claims.map((claim, i) => (i % 2 ? runs : other).succeed(claim, successOf(claim))),
    );
    expect(ready.flat()).toMatchObject([{ key: keyOf('inputs', 'after'), nextAttempt: 1 }]);
    await other.close();
  });

  it('never deadlock, at whatever depths the jobs of several processes are', async () => {
    const other = openRuns(database.url);
    // `after` runs while its inputs, lost meanwhile, run again.
    const some = names.slice(0, 12);
    const roots: Graph = Object.fromEntries(some.map((name) => [name, []]));
    const graph: Graph = { ...roots, after: some, last: ['after'] };
    for (let round = 0; round < 5; round++) {
      const world = `depths ${round}`;
      const first = await claimAll(world, roots);
      await runs.createExperiment(experimentOf(world, graph));
      await Promise.all(first.map((claim) => runs.succeed(claim, successOf(claim))));
      const after = await claimed(runs, keyOf(world, 'after'));
      for (const claim of first) await runs.artifactLost(successOf(claim).artifact.digest);
      const again = await Promise.all(some.map((name) => claimed(runs, keyOf(world, name))));
      const all = [...again, after];
      await Promise.all(
        all.map((claim, i) => ((i + round) % 2 ? runs : other).succeed(claim, successOf(claim))),
      );
      expect((await runs.getJob(keyOf(world, 'last'))).state).toBe('ready');
    }
    await other.close();
    expect(await database.query('SELECT sum(deadlocks)::int AS deadlocks FROM pg_stat_database')).toEqual([
      { deadlocks: 0 },
    ]);
  });
});

describe('claims of one worker that come together', () => {
  it('are answered each with its own jobs', async () => {
    await runs.createExperiment(experimentOf('claims', independent));
    const worker = await joined(runs, 'worker');
    const claims = await Promise.all(
      names.map((_, i) => runs.claimNext(worker, { resource: 'tensor', limit: 1 + (i % 2) })),
    );
    expect(new Set(claims.flat().map(({ jobKey }) => jobKey)).size).toBe(names.length);
    expect(claims.flat()).toHaveLength(names.length);
    for (const [i, own] of claims.entries()) expect(own.length).toBeLessThanOrEqual(1 + (i % 2));
  });
});
