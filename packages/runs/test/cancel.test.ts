import { afterAll, describe, expect, it } from 'vitest';
import { startRuns } from './database.js';
import { claimed, complete, experimentOf, submitted, successOf } from './graphs.js';

const database = await startRuns();
const { runs } = database;
afterAll(() => database.stop());

describe('cancel', () => {
  it('stops waiting jobs at once and running ones at their next heartbeat; retry brings all back', async () => {
    const { id, key, states, state } = await submitted(runs, { a: [], b: ['a'], c: [] });
    const claim = await claimed(runs, key('a'));
    expect((await runs.cancelExperiment(id)).state).toBe('cancelled');
    expect(await states()).toEqual({ a: 'running', b: 'cancelled', c: 'cancelled' });
    expect(await runs.heartbeat(claim, null)).toBe('cancel');
    await runs.cancelled(claim);
    expect(await states()).toEqual({ a: 'cancelled', b: 'cancelled', c: 'cancelled' });
    expect((await runs.cancelExperiment(id)).state).toBe('cancelled');

    const { ready, experiment } = await runs.retryExperiment(id);
    expect(experiment.state).toBe('running');
    expect(ready.map((job) => job.key).sort()).toEqual([key('a'), key('c')].sort());
    for (const name of ['a', 'b', 'c']) await complete(runs, key(name));
    expect(await state()).toBe('succeeded');
    await expect(runs.cancelExperiment(id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('leaves alone what another experiment wants', async () => {
    const graph = { shared: [], own: ['shared'] };
    const { id, world, key, states } = await submitted(runs, graph);
    const other = await runs.createExperiment(experimentOf(world, { shared: [] }));
    await runs.cancelExperiment(id);
    expect(await states()).toEqual({ shared: 'ready', own: 'cancelled' });
    await complete(runs, key('shared'));
    expect((await runs.getExperiment(other.experiment.id)).state).toBe('succeeded');
  });

  it('is taken back when the job is wanted again before it stopped', async () => {
    const { id, world, key, states } = await submitted(runs, { a: [] });
    const claim = await claimed(runs, key('a'));
    await runs.cancelExperiment(id);
    expect(await runs.heartbeat(claim, null)).toBe('cancel');
    await runs.createExperiment(experimentOf(world, { a: [] }));
    await runs.cancelled(claim);
    expect(await states()).toEqual({ a: 'ready' });
    const unpushed = await runs.takeReady({ limit: 100, notPushedForMs: 3_600_000 });
    expect(unpushed.map((job) => job.key)).toContain(key('a'));
  });

  it('keeps a result that came before the cancel was heard', async () => {
    const { id, key, states } = await submitted(runs, { a: [], b: ['a'] });
    const claim = await claimed(runs, key('a'));
    await runs.cancelExperiment(id);
    expect(await runs.succeed(claim, successOf(claim))).toEqual([]);
    expect(await states()).toEqual({ a: 'succeeded', b: 'cancelled' });
  });
});
