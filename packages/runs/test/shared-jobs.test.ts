import { describe, expect, it } from 'vitest';
import { EmptyHouse, independent, worldOf } from './empty-house.js';
import { experimentOf, keyOf, successOf } from './graphs.js';
import { joined } from './workers.js';

const house = new EmptyHouse();

/** An experiment of a project whose jobs are those of every other one of this world. */
async function submitTo(project: string, world: string, jobs: number, priority = 0) {
  await house.query('INSERT INTO projects (id) VALUES ($1) ON CONFLICT DO NOTHING', [project]);
  const wanted = experimentOf(world, independent(jobs), { priority });
  return (await house.runs.inProject(project).createExperiment(wanted)).experiment.id;
}

const limit = (project: string, jobs: number | null) =>
  house.query('UPDATE projects SET max_running = $2 WHERE id = $1', [project, jobs]);

async function accountOf(key: string) {
  const [row] = await house.query('SELECT project_id, priority FROM jobs WHERE key = $1', [key]);
  return row;
}

describe('a job that several projects want', () => {
  it('runs for one that has not reached its limit, and counts as running there', async () => {
    await submitTo('full', 'long', 1);
    await limit('full', 1);
    await house.next();
    await submitTo('full', 'shared', 2, 100);
    await submitTo('free', 'shared', 2, -5);
    const first = await house.next();
    expect(worldOf(['shared'], first?.jobKey)).toBe('shared');
    expect(await accountOf(first?.jobKey ?? '')).toEqual({ project_id: 'free', priority: -5 });
    await limit('free', 1);
    expect(await house.next()).toBeNull();
    await limit('full', 2);
    const second = await house.next();
    expect(await accountOf(second?.jobKey ?? '')).toEqual({ project_id: 'full', priority: 100 });
  });

  it('runs although the more urgent project may run nothing at all', async () => {
    await submitTo('none', 'shared', 1, 100);
    await limit('none', 0);
    expect(await house.next()).toBeNull();
    await submitTo('free', 'shared', 1);
    expect((await house.next())?.jobKey).toBe(keyOf('shared', '0'));
  });

  it('runs for the project whose share is next, however long the queue of the more urgent one', async () => {
    await submitTo('busy', 'queue', 20, 50);
    await submitTo('busy', 'shared', 1, 1);
    for (let i = 0; i < 5; i++) await house.next();
    await submitTo('idle', 'shared', 1, 0);
    expect((await house.next())?.jobKey).toBe(keyOf('shared', '0'));
  });

  it('is shared as well when it becomes ready later, and after its owner was paused, cancelled or given another priority', async () => {
    const graph = { input: [], shared: ['input'] };
    for (const project of ['full', 'free']) {
      await house.query('INSERT INTO projects (id) VALUES ($1) ON CONFLICT DO NOTHING', [project]);
    }
    const urgent = experimentOf('later', graph, { priority: 9 });
    const full = await house.runs.inProject('full').createExperiment(urgent);
    const free = await house.runs.inProject('free').createExperiment(experimentOf('later', graph));
    await house.finishNext();
    await limit('full', 0);
    await house.runs.setPriority(full.experiment.id, 20);
    await house.runs.pauseExperiment(free.experiment.id);
    expect(await house.next()).toBeNull();
    await house.runs.resumeExperiment(free.experiment.id);
    await limit('full', null);
    await limit('free', 0);
    await house.runs.pauseExperiment(full.experiment.id);
    expect(await house.next()).toBeNull();
    await house.runs.resumeExperiment(full.experiment.id);
    const claim = await house.next();
    expect(claim?.jobKey).toBe(keyOf('later', 'shared'));
    if (claim) await house.runs.succeed(claim, successOf(claim));
    expect(await house.query('SELECT 1 FROM shared_jobs')).toEqual([]);
  });

  it('is passed over by a worker that cannot run it, whoever wants it', async () => {
    await submitTo('full', 'shared', 1, 100);
    await limit('full', 0);
    await submitTo('free', 'shared', 1);
    await submitTo('free', 'own', 1);
    await house.query('UPDATE jobs SET version = 2 WHERE key = $1', [keyOf('shared', '0')]);
    expect((await house.next())?.jobKey).toBe(keyOf('own', '0'));
    const newer = await joined(house.runs, 'newer', { kinds: { attack: 2 } });
    const [claim] = await house.runs.claimNext(newer, { resource: 'tensor', limit: 5 });
    expect(claim?.jobKey).toBe(keyOf('shared', '0'));
  });

  it('goes to one worker only, and no project passes its limit, however many claim at once', async () => {
    await submitTo('a', 'shared', 30, 3);
    await submitTo('b', 'shared', 30, 2);
    await submitTo('c', 'shared', 20, 1);
    for (const [project, jobs] of [
      ['a', 4],
      ['b', 5],
      ['c', 6],
    ] as const)
      await limit(project, jobs);
    const workers = await Promise.all(Array.from({ length: 6 }, (_, i) => joined(house.runs, `w${i}`)));
    const claims: string[] = [];
    for (let round = 0; round < 4; round++) {
      const taken = await Promise.all(
        workers.map((worker) => house.runs.claimNext(worker, { resource: 'tensor', limit: 3 })),
      );
      claims.push(...taken.flat().map(({ jobKey }) => jobKey));
    }
    expect(new Set(claims).size).toBe(claims.length);
    const running = await house.query(
      "SELECT project_id, count(*)::int AS jobs FROM jobs WHERE state = 'running' GROUP BY 1 ORDER BY 1",
    );
    expect(running).toEqual([
      { project_id: 'a', jobs: 4 },
      { project_id: 'b', jobs: 5 },
      { project_id: 'c', jobs: 6 },
    ]);
  });
});
