import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Runs } from '../src/runs.js';
import type { WorkerAnnouncement } from '../src/work.js';
import { startRuns, type TestRuns } from './database.js';
import { crash, diverged, experimentOf, type Graph, keyOf, noRss, successOf } from './graphs.js';
import { joined, next } from './workers.js';

let database: TestRuns;
let runs: Runs;
let worker: WorkerAnnouncement;

beforeAll(async () => {
  database = await startRuns();
  runs = database.runs;
});
afterAll(() => database.stop());
beforeEach(async () => {
  await database.query('TRUNCATE experiments, jobs, workers CASCADE');
  await database.query("DELETE FROM projects WHERE id <> 'default'");
  await database.query('UPDATE projects SET max_running = NULL, max_starts_per_minute = NULL');
  worker = await joined(runs, 'worker');
});

const independent = (count: number): Graph =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}`, []]));

/** An experiment of independent jobs; the world is its name. */
async function submit(world: string, count: number, more: { priority?: number; project?: string } = {}) {
  const { experiment } = await runs.createExperiment(experimentOf(world, independent(count), more));
  if (more.project !== undefined) await moveTo(more.project, experiment.id);
  return experiment.id;
}

async function moveTo(project: string, id: string) {
  await database.query('INSERT INTO projects (id) VALUES ($1) ON CONFLICT DO NOTHING', [project]);
  await database.query('UPDATE experiments SET project_id = $1 WHERE id = $2', [project, id]);
  await runs.resumeExperiment(id);
}

/** Which world a claimed job is of, worlds having fewer than 100 jobs. */
const worldOf = (worlds: string[], key: string | undefined) =>
  worlds.find((world) => Array.from({ length: 100 }, (_, i) => keyOf(world, `${i}`)).includes(key ?? ''));

async function finishNext(): Promise<string | null> {
  const claim = await next(runs, worker);
  if (claim) await runs.succeed(claim, successOf(claim));
  return claim?.jobKey ?? null;
}

async function order(worlds: string[], claims: number): Promise<string> {
  const seen: string[] = [];
  for (let i = 0; i < claims; i++) seen.push(worldOf(worlds, (await finishNext()) ?? undefined) ?? '-');
  return seen.join(' ');
}

describe('whose turn it is', () => {
  it('is the more urgent experiment first, and equals take turns', async () => {
    await submit('a', 2);
    await submit('b', 2);
    await submit('urgent', 2, { priority: 5 });
    await submit('idle', 1, { priority: -5 });
    expect(await order(['a', 'b', 'urgent', 'idle'], 8)).toBe('urgent urgent a b a b idle -');
  });

  it('is of the project with the fewest running jobs for its share, whatever its priorities', async () => {
    await submit('a', 9, { priority: 100 });
    await submit('b', 9, { project: 'other' });
    const first = await runs.claimNext(worker, { resource: 'gpu', limit: 6 });
    const worlds = first.map(({ jobKey }) => worldOf(['a', 'b'], jobKey));
    expect(worlds.filter((world) => world === 'b')).toHaveLength(3);
    await database.query("UPDATE projects SET share = 2 WHERE id = 'other'");
    const more = await Promise.all(Array.from({ length: 3 }, async () => (await next(runs, worker))?.jobKey));
    expect(more.map((key) => worldOf(['a', 'b'], key))).toEqual(['b', 'b', 'b']);
    await database.query("UPDATE projects SET share = 1 WHERE id = 'other'");
  });

  it('of a shared job is that of the most urgent experiment that wants it and is not paused', async () => {
    await submit('a', 2);
    const shared = experimentOf('b', independent(2));
    const urgent = experimentOf('b', { 1: [] }, { priority: 9 });
    await runs.createExperiment(shared);
    const { experiment } = await runs.createExperiment(urgent);
    await runs.pauseExperiment(experiment.id);
    expect([keyOf('a', '0'), keyOf('a', '1')]).toContain(await finishNext());
    const { ready } = await runs.resumeExperiment(experiment.id);
    expect(ready).toEqual([]);
    expect(await finishNext()).toBe(keyOf('b', '1'));
  });

  it('changes with the priority', async () => {
    await submit('a', 3);
    const late = await submit('b', 3);
    expect(await order(['a', 'b'], 1)).toBe('a');
    expect((await runs.setPriority(late, 1)).priority).toBe(1);
    expect(await order(['a', 'b'], 3)).toBe('b b b');
  });

  it('comes to ten small experiments beside a sweep of thousands within so many claims as they have jobs, and one between', async () => {
    await submit('sweep', 4_000);
    const small = Array.from({ length: 10 }, (_, i) => `small ${i}`);
    for (const world of small) await submit(world, 3);
    await order(small, 33);
    const left = await database.query(
      "SELECT 1 FROM experiments WHERE name LIKE 'small%' AND state <> 'succeeded'",
    );
    expect(left).toEqual([]);
  });

  it('comes to experiments beyond the first page when those before them have nothing for this worker', async () => {
    for (let i = 0; i < 70; i++) await submit(`newer ${i}`, 1);
    await database.query('UPDATE jobs SET version = 2');
    await submit('ours', 2);
    expect(await order(['ours'], 3)).toBe('ours ours -');
  });
});

describe('a paused experiment', () => {
  it('starts nothing, keeps what runs, and goes on when resumed', async () => {
    const id = await submit('a', 3);
    const running = await next(runs, worker);
    expect((await runs.pauseExperiment(id)).pausedAt).toMatch(/^20/);
    expect(await next(runs, worker)).toBeNull();
    expect(await runs.takeReady({ limit: 9, notPushedForMs: -60_000 })).toEqual([]);
    expect(running && (await runs.heartbeat(running, null))).toBe('continue');
    const waiting = (await runs.listJobs(id)).find((job) => job.state === 'ready');
    expect(waiting?.waitingFor).toBe('resume');
    const { ready, experiment } = await runs.resumeExperiment(id);
    expect(ready.map(({ delayMs }) => delayMs)).toEqual([0, 0]);
    expect(experiment.pausedAt).toBeNull();
    expect(await next(runs, worker)).not.toBeNull();
  });

  it('can only be a running one', async () => {
    const id = await submit('a', 1);
    await finishNext();
    await expect(runs.pauseExperiment(id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('matching', () => {
  it('gives a job only to a worker that has its version and its memory', async () => {
    const id = await submit('a', 1);
    await database.query('UPDATE jobs SET version = 2, estimated_memory_bytes = 1e9');
    const waitingFor = async () => (await runs.listJobs(id))[0]?.waitingFor;
    expect(await next(runs, worker)).toBeNull();
    expect(await waitingFor()).toBe('worker');
    expect((await runs.backlog()).unmatched).toEqual([{ resource: 'gpu', jobs: 1 }]);
    const small = await joined(runs, 'small', { kinds: { attack: 2 }, memoryBytes: 9e8 });
    expect(await next(runs, small)).toBeNull();
    expect(await waitingFor()).toBe('worker');
    const fit = await joined(runs, 'fit', { kinds: { attack: 2 } });
    expect(await waitingFor()).toBe('turn');
    expect((await runs.backlog()).unmatched).toEqual([]);
    expect(await next(runs, fit)).toMatchObject({ version: 2 });
  });

  it('leaves a job for two seconds to an idle worker that holds its inputs, who takes it first', async () => {
    await submit('a', 9);
    const held = keyOf('a', '3');
    await database.query("UPDATE jobs SET locality = '{d1}', ready_at = now() WHERE key = $1", [held]);
    const holder = await joined(runs, 'holder');
    expect(await runs.workerHeartbeat(holder, ['d1', 'd2'])).toBe(true);
    const others = await runs.claimNext(worker, { resource: 'gpu', limit: 9 });
    expect(others).toHaveLength(8);
    expect(others.map(({ jobKey }) => jobKey)).not.toContain(held);
    for (const each of others) await runs.release(each);
    const first = await next(runs, holder);
    expect(first?.jobKey).toBe(held);
    // Busy now, it keeps nothing for itself any more.
    await submit('b', 1);
    await database.query("UPDATE jobs SET locality = '{d1}' WHERE state = 'ready'");
    expect(await runs.claimNext(worker, { resource: 'gpu', limit: 99 })).toHaveLength(9);
  });

  it('gives it to anyone after two seconds', async () => {
    await submit('a', 1);
    await database.query("UPDATE jobs SET locality = '{d1}', ready_at = now() - interval '2.1 seconds'");
    await runs.workerHeartbeat(await joined(runs, 'holder'), ['d1']);
    expect(await next(runs, worker)).not.toBeNull();
  });

  it('lets a name belong to one process, until that has been silent for the lease', async () => {
    await expect(joined(runs, 'worker')).rejects.toMatchObject({ code: 'WORKER_NAME_TAKEN' });
    await database.query("UPDATE workers SET heartbeat_at = now() - interval '31 seconds'");
    const second = await joined(runs, 'worker');
    await submit('a', 1);
    expect(await runs.workerHeartbeat(worker, [])).toBe(false);
    expect(await next(runs, worker)).toBeNull();
    expect(await next(runs, second)).not.toBeNull();
    expect(await runs.listWorkers()).toMatchObject([{ name: 'worker', running: 1 }]);
  });
});

describe('limits', () => {
  it('of a project and of a kind are never passed, however many claim at once', async () => {
    const workers = await Promise.all(Array.from({ length: 8 }, (_, i) => joined(runs, `w${i}`)));
    await submit('a', 30);
    await submit('b', 30, { project: 'other' });
    await database.query("UPDATE projects SET max_running = 3 WHERE id = 'default'");
    const claims = (
      await Promise.all(workers.map((each) => runs.claimNext(each, { resource: 'gpu', limit: 4 })))
    ).flat();
    const of = (world: string) => claims.filter(({ jobKey }) => worldOf(['a', 'b'], jobKey) === world);
    expect(of('a').length).toBeLessThanOrEqual(3);
    expect(of('b').length).toBeGreaterThan(10);
    await database.query("INSERT INTO kind_limits VALUES ('attack', $1)", [claims.length + 2]);
    const more = (
      await Promise.all(workers.map((each) => runs.claimNext(each, { resource: 'gpu', limit: 4 })))
    ).flat();
    expect(more).toHaveLength(2);
    await database.query("DELETE FROM kind_limits WHERE kind = 'attack'");
  });

  it('of starts a minute count starts, not what runs', async () => {
    await submit('a', 5);
    await database.query('UPDATE projects SET max_starts_per_minute = 2');
    expect(await order(['a'], 3)).toBe('a a -');
    await database.query("UPDATE attempts SET started_at = started_at - interval '1 minute'");
    expect(await order(['a'], 1)).toBe('a');
  });
});

describe('many workers at once', () => {
  it('never get the same job, and together get them all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ jobs: fc.integer({ min: 1, max: 12 }), priority: fc.integer({ min: -2, max: 2 }) }),
          {
            minLength: 1,
            maxLength: 5,
          },
        ),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 8 }),
        async (experiments, limits) => {
          await database.query('TRUNCATE experiments, jobs, workers CASCADE');
          const total = experiments.reduce((sum, { jobs }) => sum + jobs, 0);
          for (const [i, { jobs, priority }] of experiments.entries()) {
            await submit(`world ${i}`, jobs, { priority, project: `project ${i % 2}` });
          }
          const workers = await Promise.all(limits.map((_, i) => joined(runs, `w${i}`)));
          const taken: string[] = [];
          for (let round = 0; taken.length < total; round++) {
            expect(round).toBeLessThan(total + 1);
            const claims = await Promise.all(
              workers.map((each, i) => runs.claimNext(each, { resource: 'gpu', limit: limits[i] ?? 1 })),
            );
            taken.push(...claims.flat().map(({ jobKey }) => jobKey));
          }
          expect(new Set(taken).size).toBe(total);
          expect(taken).toHaveLength(total);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('a much more urgent job', () => {
  const late = () =>
    database.query("UPDATE jobs SET ready_at = now() - interval '3 seconds' WHERE state = 'ready'");

  it('has the least urgent running one yield when no worker is free, and takes its place', async () => {
    await submit('low', 2);
    const running = await next(runs, worker);
    await submit('high', 1, { priority: 50 });
    expect(await runs.preempt()).toBe(0);
    await late();
    expect(await runs.preempt()).toBe(1);
    expect(await runs.preempt()).toBe(0);
    if (!running) throw new Error('nothing was running');
    expect(await runs.heartbeat(running, null)).toBe('yield');
    await runs.release(running);
    expect(await runs.getJob(running.jobKey)).toMatchObject({
      state: 'ready',
      attempts: [{ outcome: 'released' }],
    });
    expect((await next(runs, worker))?.jobKey).toBe(keyOf('high', '0'));
  });

  it('disturbs nobody while a worker is free, nor if it is little more urgent, nor in another project', async () => {
    await submit('low', 1);
    await next(runs, worker);
    await submit('little', 1, { priority: 9 });
    await submit('other', 1, { priority: 100, project: 'other' });
    await late();
    expect(await runs.preempt()).toBe(0);
    await submit('high', 1, { priority: 50 });
    await late();
    const free = await joined(runs, 'free');
    expect(await runs.preempt()).toBe(0);
    await runs.forgetWorker(free);
    expect(await runs.preempt()).toBe(1);
  });
});

describe('a job that has failed for good', () => {
  it('is listed with its reason and log, and runs again with what it took along, in one call', async () => {
    const graph = { a: [], b: ['a'], c: ['b'] };
    const { experiment } = await runs.createExperiment(experimentOf('dead', graph));
    const claim = await next(runs, worker);
    if (!claim) throw new Error('nothing to claim');
    await runs.fail(claim, diverged, { peakRssBytes: null, logTail: 'loss is NaN' });
    const failed = await runs.listFailedJobs({ limit: 9 });
    expect(failed).toHaveLength(3);
    expect((await runs.getJob(claim.jobKey)).attempts).toMatchObject([
      { outcome: 'failed', error: { code: 'TRAINING_DIVERGED' }, logTail: 'loss is NaN' },
    ]);
    const { job, ready } = await runs.retryJob(keyOf('dead', 'c'));
    expect(job.state).toBe('blocked');
    expect(ready).toMatchObject([{ key: keyOf('dead', 'a'), nextAttempt: 2, delayMs: 0 }]);
    expect((await runs.getExperiment(experiment.id)).state).toBe('running');
    await expect(runs.retryJob(keyOf('dead', 'c'))).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(runs.retryJob(keyOf('dead', 'z'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has been tried maxAttempts times, with pauses that double and vary', async () => {
    await submit('poison', 1);
    const pauses: number[] = [];
    for (let tries = 1; tries <= 5; tries++) {
      const claim = await next(runs, worker);
      if (!claim) throw new Error('nothing to claim');
      const [ready] = await runs.fail(claim, crash, noRss);
      if (ready) pauses.push(ready.delayMs);
      await database.clearBackoff();
    }
    expect((await runs.getJob(keyOf('poison', '0'))).state).toBe('failed');
    expect(pauses).toHaveLength(4);
    for (const [i, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThan(400 * 2 ** i);
      expect(pause).toBeLessThanOrEqual(1_000 * 2 ** i);
    }
  });
});

describe('a claim that has to wait', () => {
  it('knows the inputs that were made meanwhile', async () => {
    await runs.createExperiment(experimentOf('late', { input: [], user: ['input'] }));
    const input = await next(runs, worker);
    if (!input) throw new Error('nothing to claim');
    const success = successOf(input);
    await database.query('BEGIN');
    await database.query('LOCK TABLE workers IN ACCESS EXCLUSIVE MODE');
    const claim = next(runs, worker);
    await expect
      .poll(() => database.query("SELECT FROM pg_locks WHERE NOT granted AND relation = 'workers'::regclass"))
      .toHaveLength(1);
    await runs.succeed(input, success);
    await database.query('COMMIT');
    expect((await claim)?.inputs).toMatchObject({ dataset: [success.artifact.digest] });
  });
});
