import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRuns } from '../src/open-runs.js';
import type { Runs } from '../src/runs.js';
import { type CuttingProxy, startCuttingProxy } from './cut-connections.js';
import { startRuns, type TestRuns } from './database.js';
import { experimentOf, keyOf } from './graphs.js';

let database: TestRuns;
let proxy: CuttingProxy;
let runs: Runs;

beforeAll(async () => {
  database = await startRuns();
});
afterAll(() => database.stop());
beforeEach(async () => {
  proxy = await startCuttingProxy(database.url);
  runs = openRuns(proxy.url);
  await runs.check();
});
afterEach(async () => {
  await runs.close();
  await proxy.stop();
});

const stored = (name: string) => database.query('SELECT id FROM experiments WHERE name = $1', [name]);

describe('a submission whose commit', () => {
  it.each([null, 'once'])(
    'is not acknowledged is answered as what it is (Idempotency-Key %s)',
    async (key) => {
      const name = `unacknowledged ${key}`;
      const wanted = experimentOf(name, { a: [], b: ['a'] }, { idempotencyKey: key });
      proxy.cutCommit('before');
      const { experiment, created } = await runs.createExperiment(wanted);
      expect(proxy.cuts()).toBe(1);
      expect(created).toBe(true);
      expect(experiment).toMatchObject({ name, jobs: { ready: 1, blocked: 1 } });
      expect(await stored(name)).toEqual([{ id: experiment.id }]);
      // The sweep pushes what this answer couldn't name.
      const ready = await runs.takeReady({ limit: 10_000, notPushedForMs: 0 });
      expect(ready.map((job) => job.key)).toContain(keyOf(name, 'a'));
    },
  );

  it('is acknowledged before the database goes away is answered: nothing is read afterwards', async () => {
    const wanted = experimentOf('acknowledged', { a: [] });
    proxy.cutCommit('after', { staysDown: true });
    const { experiment, created } = await runs.createExperiment(wanted);
    expect(proxy.cuts()).toBe(1);
    expect(created).toBe(true);
    expect(await stored('acknowledged')).toEqual([{ id: experiment.id }]);
    await expect(runs.check()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('stays unknown says so, and the same request later finds out', async () => {
    const wanted = experimentOf('unknown', { a: [] }, { idempotencyKey: 'later' });
    proxy.cutCommit('before', { staysDown: true });
    await expect(runs.createExperiment(wanted)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    const { experiment, created } = await database.runs.createExperiment(wanted);
    expect(created).toBe(false);
    expect(await stored('unknown')).toEqual([{ id: experiment.id }]);
  });
});

describe('other changes', () => {
  it.each([
    ['cancelExperiment', (id: string) => runs.cancelExperiment(id), { state: 'cancelled' }],
    ['pauseExperiment', (id: string) => runs.pauseExperiment(id), { pausedAt: expect.any(String) }],
    ['setPriority', (id: string) => runs.setPriority(id, 7), { priority: 7 }],
    ['retryExperiment', (id: string) => runs.retryExperiment(id), { experiment: { state: 'running' } }],
  ])('%s is answered when the database goes away after it', async (name, change, answer) => {
    const { experiment } = await database.runs.createExperiment(experimentOf(`change ${name}`, { a: [] }));
    proxy.cutCommit('after', { staysDown: true });
    expect(await change(experiment.id)).toMatchObject(answer);
    expect(proxy.cuts()).toBe(1);
  });
});
