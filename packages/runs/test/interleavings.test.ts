import type { JobState } from '@toogit/catalogue';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRuns } from '../src/open-runs.js';
import type { Runs } from '../src/runs.js';
import type { Claim } from '../src/work.js';
import { startRuns, type TestRuns } from './database.js';
import { claimed, crash, diverged, experimentOf, type Graph, keyOf, noRss, successOf } from './graphs.js';

let database: TestRuns;
/** Two processes, as it were: calls of one at once are grouped, those of two meet in the database. */
let processes: [Runs, Runs];
beforeAll(async () => {
  database = await startRuns();
  processes = [database.runs, openRuns(database.url)];
});
afterAll(async () => {
  await processes?.[1].close();
  await database.stop();
});

const actions = [
  'claim',
  'claim all',
  'succeed',
  'succeed all',
  'fail',
  'diverge',
  'release',
  'silence',
  'hear',
  'lose',
  'submit',
  'cancel',
  'retry',
] as const;
type Step = { action: (typeof actions)[number]; pick: number };

/** Every job may need any of the jobs before it. */
const graphs = fc
  .integer({ min: 2, max: 6 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, i) => fc.subarray(Array.from({ length: i }, (_, j) => `${j}`))),
    ),
  )
  .map((inputs): Graph => Object.fromEntries(inputs.map((names, i) => [`${i}`, names])));
const weighted = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('claim', 'claim all') },
  { weight: 3, arbitrary: fc.constantFrom('succeed', 'succeed all') },
  { weight: 2, arbitrary: fc.constantFrom('lose') },
  { weight: 5, arbitrary: fc.constantFrom(...actions) },
);
const steps = fc.record({ action: weighted, pick: fc.nat(1_000) });
/** Each batch is begun at once, on several connections. */
const batches = fc.array(fc.array(steps, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 14 });

/** What must hold between any two transactions. Each query finds violations. */
const laws = {
  'a ready job has all its inputs': `
    SELECT job.key FROM jobs job JOIN job_edges ON job_key = job.key JOIN jobs input ON input.key = depends_on
    WHERE job.state = 'ready' AND input.state <> 'succeeded'`,
  'a blocked job waits for an input': `
    SELECT key FROM jobs job WHERE state = 'blocked' AND NOT EXISTS (
      SELECT FROM job_edges JOIN jobs input ON input.key = depends_on
      WHERE job_key = job.key AND input.state <> 'succeeded')`,
  'no job waits for an input that has failed or was cancelled': `
    SELECT job.key FROM jobs job JOIN job_edges ON job_key = job.key JOIN jobs input ON input.key = depends_on
    WHERE job.state = 'blocked' AND input.state IN ('failed', 'cancelled')`,
  'a job is cancelled only if nobody wants it, and waits only if somebody does': `
    SELECT key FROM jobs WHERE state IN ('blocked', 'ready', 'cancelled') AND (state = 'cancelled') = EXISTS (
      SELECT FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
      WHERE w.job_key = jobs.key AND e.state <> 'cancelled')`,
  'a running job has one open attempt, the newest; others have none': `
    SELECT key FROM jobs WHERE (SELECT array_agg(number) FROM attempts WHERE job_key = key AND outcome IS NULL)
      IS DISTINCT FROM CASE WHEN state = 'running' THEN ARRAY[attempt] END`,
  'a succeeded job has an artifact, and only it': `
    SELECT key FROM jobs WHERE (state = 'succeeded') <> (artifact_digest IS NOT NULL)`,
  'an experiment follows its jobs': `
    SELECT e.id::text AS key FROM experiments e WHERE state <> 'cancelled' AND state::text <> (
      SELECT CASE WHEN bool_or(j.state IN ('blocked', 'ready', 'running')) THEN 'running'
        WHEN bool_or(j.state <> 'succeeded') THEN 'failed' ELSE 'succeeded' END
      FROM experiment_jobs w JOIN jobs j ON j.key = w.job_key WHERE w.experiment_id = e.id)`,
  'what ends has a time, what goes on has none': `
    SELECT id::text AS key FROM experiments WHERE (state = 'running') <> (finished_at IS NULL)
    UNION ALL SELECT key FROM jobs WHERE (state IN ('succeeded', 'failed', 'cancelled')) <> (finished_at IS NOT NULL)`,
};

const refusals = ['JOB_FENCED', 'CONFLICT'];
let worlds = 0;

/** One experiment and what happens to it. */
class World {
  readonly name = `interleaving ${++worlds}`;
  readonly keys: string[];
  readonly experiments: string[] = [];
  readonly claims: Claim[] = [];

  constructor(
    readonly runs: Runs,
    readonly graph: Graph,
  ) {
    this.keys = Object.keys(graph).map((name) => keyOf(this.name, name));
  }

  async submit(): Promise<void> {
    const { experiment } = await this.runs.createExperiment(experimentOf(this.name, this.graph));
    this.experiments.push(experiment.id);
  }

  async batch(steps: Step[]): Promise<void> {
    const states = await this.runs.jobStates(this.keys);
    const results = await Promise.allSettled(
      steps.map((step, i) => this.take(step, states, processes[i % 2] as Runs)),
    );
    for (const result of results) {
      if (result.status === 'rejected' && !refusals.includes(result.reason.code)) throw result.reason;
    }
  }

  async take({ action, pick }: Step, states: Map<string, JobState>, runs: Runs): Promise<void> {
    // Mostly a job to which the action applies (or did when the batch began).
    const suited = this.keys.filter(
      (each) => states.get(each) === (action === 'lose' ? 'succeeded' : 'ready'),
    );
    const keys = suited.length > 0 && pick % 5 > 0 ? suited : this.keys;
    const key = keys[pick % keys.length] ?? '';
    const experiment = this.experiments[pick % this.experiments.length] ?? '';
    // Old claims stay in the list: their writes must be refused.
    const claim = this.claims[this.claims.length - 1 - (pick % Math.min(3, this.claims.length))];
    if (action === 'submit') return this.submit();
    if (action === 'cancel') return void (await runs.cancelExperiment(experiment));
    if (action === 'retry') return void (await runs.retryExperiment(experiment));
    if (action === 'lose') return void (await runs.artifactLost(successOf({ jobKey: key }).artifact.digest));
    if (action === 'claim') {
      const next = await runs.claim(key, 'worker');
      if (next) this.claims.push(next);
      return;
    }
    if (action === 'claim all') {
      const all = await Promise.all(this.keys.map((each) => runs.claim(each, 'worker')));
      this.claims.push(...all.filter((each) => each !== null));
      return;
    }
    if (action === 'succeed all') {
      const all = this.claims.map((each, i) => (processes[i % 2] as Runs).succeed(each, successOf(each)));
      const refused = (await Promise.allSettled(all)).filter((each) => each.status === 'rejected');
      for (const { reason } of refused) if (!refusals.includes(reason.code)) throw reason;
      return;
    }
    if (!claim) return;
    if (action === 'succeed') await runs.succeed(claim, successOf(claim));
    if (action === 'fail') await runs.fail(claim, crash, noRss);
    if (action === 'diverge') await runs.fail(claim, diverged, noRss);
    if (action === 'release') await runs.release(claim);
    if (action === 'silence') await this.silence(claim);
    if (action === 'hear' && (await runs.heartbeat(claim, null)) === 'cancel') await runs.cancelled(claim);
  }

  async silence({ jobKey, attempt }: Claim): Promise<void> {
    await database.query(
      "UPDATE jobs SET heartbeat_at = heartbeat_at - interval '1 hour' WHERE key = $1 AND attempt = $2",
      [jobKey, attempt],
    );
    await this.runs.expireLeases(60_000);
  }

  /** From wherever it is: retried and worked on without trouble, everything succeeds. */
  async finish(): Promise<void> {
    await this.submit();
    for (const [jobKey, state] of await this.runs.jobStates(this.keys)) {
      if (state === 'running')
        await this.runs.release({ jobKey, attempt: (await this.runs.getJob(jobKey)).attempt });
    }
    for (const key of this.keys) {
      if ((await this.runs.getJob(key)).state === 'succeeded') continue;
      const claim = await claimed(this.runs, key);
      await this.runs.succeed(claim, successOf(claim));
    }
  }
}

const violations = Object.entries(laws)
  .map(([law, query]) => `SELECT '${law}' AS law, key FROM (${query}) AS broken`)
  .join(' UNION ALL ');

async function expectLaws(): Promise<void> {
  expect(await database.query(violations)).toEqual([]);
}

describe('any interleaving of what can happen', () => {
  it('keeps the laws of the state machine, and can always be brought to success', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(graphs, batches, async (graph, all) => {
        await database.query('TRUNCATE experiments, jobs CASCADE');
        const world = new World(database.runs, graph);
        await world.submit();
        for (const batch of all) {
          await database.clearBackoff();
          await world.batch(batch);
          await expectLaws();
        }
        await database.clearBackoff();
        await world.finish();
        await expectLaws();
        const states = await database.runs.jobStates(world.keys);
        expect(new Set(states.values())).toEqual(new Set(['succeeded']));
      }),
      { numRuns: 100, interruptAfterTimeLimit: 40_000, markInterruptAsFailure: false },
    );
    expect(await database.query('SELECT sum(deadlocks)::int AS deadlocks FROM pg_stat_database')).toEqual([
      { deadlocks: 0 },
    ]);
  });
});
