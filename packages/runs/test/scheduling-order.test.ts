import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmptyHouse, independent, worldOf } from './empty-house.js';
import { experimentOf, keyOf } from './graphs.js';
import { joined } from './workers.js';

const house = new EmptyHouse();

describe('the scheduling order', () => {
  it('is the more urgent experiment first, and equals take turns', async () => {
    await house.submit('a', 2);
    await house.submit('b', 2);
    await house.submit('urgent', 2, { priority: 5 });
    await house.submit('idle', 1, { priority: -5 });
    expect(await house.order(['a', 'b', 'urgent', 'idle'], 8)).toBe('urgent urgent a b a b idle -');
  });

  it('is of the project with the fewest running jobs for its share, whatever its priorities', async () => {
    await house.submit('a', 9, { priority: 100 });
    await house.submit('b', 9, { project: 'other' });
    const first = await house.runs.claimNext(house.worker, { resource: 'tensor', limit: 6 });
    const worlds = first.map(({ jobKey }) => worldOf(['a', 'b'], jobKey));
    expect(worlds.filter((world) => world === 'b')).toHaveLength(3);
    await house.query("UPDATE projects SET share = 2 WHERE id = 'other'");
    const more = await Promise.all(Array.from({ length: 3 }, async () => (await house.next())?.jobKey));
    expect(more.map((key) => worldOf(['a', 'b'], key))).toEqual(['b', 'b', 'b']);
    await house.query("UPDATE projects SET share = 1 WHERE id = 'other'");
  });

  it('of a shared job is that of the most urgent experiment that wants it and is not paused', async () => {
    await house.submit('a', 2);
    const shared = experimentOf('b', independent(2));
    const urgent = experimentOf('b', { 1: [] }, { priority: 9 });
    await house.runs.createExperiment(shared);
    const { experiment } = await house.runs.createExperiment(urgent);
    await house.runs.pauseExperiment(experiment.id);
    expect([keyOf('a', '0'), keyOf('a', '1')]).toContain(await house.finishNext());
    const { ready } = await house.runs.resumeExperiment(experiment.id);
    expect(ready).toEqual([]);
    expect(await house.finishNext()).toBe(keyOf('b', '1'));
  });

  it('changes with the priority', async () => {
    await house.submit('a', 3);
    const late = await house.submit('b', 3);
    expect(await house.order(['a', 'b'], 1)).toBe('a');
    expect((await house.runs.setPriority(late, 1)).priority).toBe(1);
    expect(await house.order(['a', 'b'], 3)).toBe('b b b');
  });

  it('comes to ten small experiments beside a sweep of thousands within so many claims as they have jobs, and one between', async () => {
    await house.submit('sweep', 4_000);
    const small = Array.from({ length: 10 }, (_, i) => `small ${i}`);
    for (const world of small) await house.submit(world, 3);
    await house.order(small, 33);
    const left = await house.query(
      "SELECT 1 FROM experiments WHERE name LIKE 'small%' AND state <> 'succeeded'",
    );
    expect(left).toEqual([]);
  });

  it('comes to experiments beyond the first page when those before them have nothing for this worker', async () => {
    for (let i = 0; i < 70; i++) await house.submit(`newer ${i}`, 1);
    await house.query('UPDATE jobs SET version = 2');
    await house.submit('ours', 2);
    expect(await house.order(['ours'], 3)).toBe('ours ours -');
  });
});

describe('a paused experiment', () => {
  it('starts nothing, keeps what runs, and goes on when resumed', async () => {
    const id = await house.submit('a', 3);
    const running = await house.next();
    expect((await house.runs.pauseExperiment(id)).pausedAt).toMatch(/^20/);
    expect(await house.next()).toBeNull();
    expect(await house.runs.takeReady({ limit: 9, notPushedForMs: -60_000 })).toEqual([]);
    expect(running && (await house.runs.heartbeat(running, null))).toBe('continue');
    const waiting = (await house.runs.listJobs(id, { limit: 200 })).items.find(
      (job) => job.state === 'ready',
    );
    expect(waiting?.waitingFor).toBe('resume');
    const { ready, experiment } = await house.runs.resumeExperiment(id);
    expect(ready.map(({ delayMs }) => delayMs)).toEqual([0, 0]);
    expect(experiment.pausedAt).toBeNull();
    expect(await house.next()).not.toBeNull();
  });

  it('can only be a running one', async () => {
    const id = await house.submit('a', 1);
    await house.finishNext();
    await expect(house.runs.pauseExperiment(id)).rejects.toMatchObject({ code: 'CONFLICT' });
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
          await house.query('TRUNCATE experiments, jobs, workers CASCADE');
          const total = experiments.reduce((sum, { jobs }) => sum + jobs, 0);
          for (const [i, { jobs, priority }] of experiments.entries()) {
            await house.submit(`world ${i}`, jobs, { priority, project: `project ${i % 2}` });
          }
          const workers = await Promise.all(limits.map((_, i) => joined(house.runs, `w${i}`)));
          const taken: string[] = [];
          for (let round = 0; taken.length < total; round++) {
            expect(round).toBeLessThan(total + 1);
            const claims = await Promise.all(
              workers.map((each, i) =>
                house.runs.claimNext(each, { resource: 'tensor', limit: limits[i] ?? 1 }),
              ),
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
