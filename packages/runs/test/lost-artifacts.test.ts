import { afterAll, describe, expect, it } from 'vitest';
import { startRuns } from './database.js';
import { claimed, complete, crash, noRss, submitted, successOf } from './graphs.js';

const database = await startRuns();
const { runs } = database;
afterAll(() => database.stop());

describe('a lost artifact', () => {
  it('makes its job run again and its waiting dependants wait', async () => {
    const { key, ready, states, state } = await submitted(runs, {
      a: [],
      done: ['a'],
      waiting: ['a'],
      busy: ['a'],
    });
    expect(ready).toHaveLength(1);
    await complete(runs, key('a'));
    await complete(runs, key('done'));
    const busy = await claimed(runs, key('busy'));
    const { artifact } = successOf({ jobKey: key('a') });

    const again = await runs.artifactLost(artifact.parts[0]?.sha256 ?? '');
    expect(again).toMatchObject([{ key: key('a'), nextAttempt: 2 }]);
    expect(await states()).toEqual({ a: 'ready', done: 'succeeded', waiting: 'blocked', busy: 'running' });
    expect(await runs.artifactLost(artifact.digest)).toEqual([]);
    await expect(runs.getArtifact(artifact.digest)).rejects.toMatchObject({ code: 'NOT_FOUND' });

    expect(await runs.fail(busy, crash, noRss)).toEqual([]);
    expect(await states()).toMatchObject({ busy: 'blocked' });
    const next = await complete(runs, key('a'));
    expect(next.map((job) => job.key).sort()).toEqual([key('busy'), key('waiting')].sort());
    await database.clearBackoff();
    await complete(runs, key('waiting'));
    await complete(runs, key('busy'));
    expect(await state()).toBe('succeeded');
  });

  it('wakes a finished experiment, and not a cancelled one', async () => {
    const { key, state } = await submitted(runs, { a: [] });
    await complete(runs, key('a'));
    const { digest } = successOf({ jobKey: key('a') }).artifact;
    expect(await runs.artifactLost(digest)).toHaveLength(1);
    expect(await state()).toBe('running');

    const cancelled = await submitted(runs, { a: [], b: ['a'] });
    await complete(runs, cancelled.key('a'));
    await runs.cancelExperiment(cancelled.id);
    expect(await runs.artifactLost(successOf({ jobKey: cancelled.key('a') }).artifact.digest)).toEqual([]);
    expect(await cancelled.states()).toEqual({ a: 'cancelled', b: 'cancelled' });
  });

  it('that was a checkpoint is forgotten', async () => {
    const { key } = await submitted(runs, { a: [] });
    const claim = await claimed(runs, key('a'));
    await runs.saveCheckpoint(claim, { step: 1, digest: 'lost checkpoint', blobs: [] });
    await runs.artifactLost('lost checkpoint');
    await runs.release(claim);
    expect((await claimed(runs, key('a'))).checkpoint).toBeNull();
  });
});
