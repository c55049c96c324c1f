import { describe, expect, it } from 'vitest';
import { EmptyHouse, worldOf } from './empty-house.js';
import { experimentOf, keyOf, successOf } from './graphs.js';
import { joined, next } from './workers.js';

const house = new EmptyHouse();

describe('matching', () => {
  it('gives a job only to a worker that has its version and its memory', async () => {
    const id = await house.submit('a', 1);
    await house.query('UPDATE jobs SET version = 2, estimated_memory_bytes = 1e9');
    const waitingFor = async () => (await house.runs.listJobs(id, { limit: 1 })).items[0]?.waitingFor;
    expect(await house.next()).toBeNull();
    expect(await waitingFor()).toBe('worker');
    expect((await house.runs.backlog()).unmatched).toEqual([{ resource: 'tensor', jobs: 1 }]);
    const small = await joined(house.runs, 'small', { kinds: { attack: 2 }, memoryBytes: 9e8 });
    expect(await next(house.runs, small)).toBeNull();
    expect(await waitingFor()).toBe('worker');
    const fit = await joined(house.runs, 'fit', { kinds: { attack: 2 } });
    expect(await waitingFor()).toBe('capacity');
    await house.runs.workerHeartbeat(fit, { holds: [], storageError: 'STORAGE_FULL' });
    expect(await waitingFor()).toBe('storage');
    await house.runs.workerHeartbeat(fit, { holds: [] });
    expect(await waitingFor()).toBe('capacity');
    expect((await house.runs.backlog()).unmatched).toEqual([]);
    expect(await next(house.runs, fit)).toMatchObject({ version: 2 });
  });

  it('leaves a job for two seconds to an idle worker that holds its inputs, who takes it first', async () => {
    await house.submit('a', 9);
    const held = keyOf('a', '3');
    await house.query("UPDATE jobs SET locality = '{d1}', ready_at = now() WHERE key = $1", [held]);
    const holder = await joined(house.runs, 'holder');
    expect(await house.runs.workerHeartbeat(holder, { holds: ['d1', 'd2'] })).toBe(true);
    const others = await house.runs.claimNext(house.worker, { resource: 'tensor', limit: 9 });
    expect(others).toHaveLength(8);
    expect(others.map(({ jobKey }) => jobKey)).not.toContain(held);
    for (const each of others) await house.runs.release(each);
    const first = await next(house.runs, holder);
    expect(first?.jobKey).toBe(held);
    // Busy now, it keeps nothing for itself any more.
    await house.submit('b', 1);
    await house.query("UPDATE jobs SET locality = '{d1}' WHERE state = 'ready'");
    expect(await house.runs.claimNext(house.worker, { resource: 'tensor', limit: 99 })).toHaveLength(9);
  });

  it('gives it to anyone after two seconds', async () => {
    await house.submit('a', 1);
    await house.query("UPDATE jobs SET locality = '{d1}', ready_at = now() - interval '2.1 seconds'");
    await house.runs.workerHeartbeat(await joined(house.runs, 'holder'), { holds: ['d1'] });
    expect(await house.next()).not.toBeNull();
  });

  it('lets a name belong to one process, until that has been silent for the lease', async () => {
    await expect(joined(house.runs, 'worker')).rejects.toMatchObject({ code: 'WORKER_NAME_TAKEN' });
    await house.query("UPDATE workers SET heartbeat_at = now() - interval '31 seconds'");
    const second = await joined(house.runs, 'worker');
    await house.submit('a', 1);
    expect(await house.runs.workerHeartbeat(house.worker, { holds: [] })).toBe(false);
    expect(await house.next()).toBeNull();
    expect(await next(house.runs, second)).not.toBeNull();
    expect(await house.runs.listWorkers()).toMatchObject([{ name: 'worker', running: 1 }]);
  });
});

describe('limits', () => {
  it('of a project and of a kind are never passed, however many claim at once', async () => {
    const workers = await Promise.all(Array.from({ length: 8 }, (_, i) => joined(house.runs, `w${i}`)));
    await house.submit('a', 30);
    await house.submit('b', 30, { project: 'other' });
    await house.query("UPDATE projects SET max_running = 3 WHERE id = 'default'");
    const claims = (
      await Promise.all(workers.map((each) => house.runs.claimNext(each, { resource: 'tensor', limit: 4 })))
    ).flat();
    const of = (world: string) => claims.filter(({ jobKey }) => worldOf(['a', 'b'], jobKey) === world);
    expect(of('a').length).toBeLessThanOrEqual(3);
    expect(of('b').length).toBeGreaterThan(10);
    await house.query("INSERT INTO kind_limits VALUES ('attack', $1)", [claims.length + 2]);
    const more = (
      await Promise.all(workers.map((each) => house.runs.claimNext(each, { resource: 'tensor', limit: 4 })))
    ).flat();
    expect(more).toHaveLength(2);
    await house.query("DELETE FROM kind_limits WHERE kind = 'attack'");
  });

  it('of starts a minute count starts, not what runs', async () => {
    await house.submit('a', 5);
    await house.query('UPDATE projects SET max_starts_per_minute = 2');
    expect(await house.order(['a'], 3)).toBe('a a -');
    await house.query("UPDATE attempts SET started_at = started_at - interval '1 minute'");
    expect(await house.order(['a'], 1)).toBe('a');
  });
});

describe('a claim that has to wait', () => {
  it('knows the inputs that were made meanwhile', async () => {
    await house.runs.createExperiment(experimentOf('late', { input: [], user: ['input'] }));
    const input = await house.next();
    if (!input) throw new Error('nothing to claim');
    const success = successOf(input);
    await house.query('BEGIN');
    await house.query('LOCK TABLE workers IN ACCESS EXCLUSIVE MODE');
    const claim = house.next();
    await expect
      .poll(() => house.query("SELECT FROM pg_locks WHERE NOT granted AND relation = 'workers'::regclass"))
      .toHaveLength(1);
    await house.runs.succeed(input, success);
    await house.query('COMMIT');
    expect((await claim)?.inputs).toMatchObject({
      dataset: [{ jobKey: input.jobKey, digest: success.artifact.digest }],
    });
  });
});
