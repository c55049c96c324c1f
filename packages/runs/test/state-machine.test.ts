import { ToogitError } from '@toogit/core';
import { afterAll, describe, expect, it } from 'vitest';
import { startRuns } from './database.js';
import { claimed, complete, crash, diverged, failsAndWaits, noRss, submitted, successOf } from './graphs.js';

const database = await startRuns();
const { runs } = database;
afterAll(() => database.stop());

describe('a graph of jobs', () => {
  it('goes from its roots to its leaves, and the experiment ends with the last job', async () => {
    const { key, ready, states, state } = await submitted(runs, { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] });
    expect(ready.map((job) => job.key)).toEqual([key('a')]);
    expect(ready[0]).toMatchObject({ kind: 'attack', resource: 'tensor', nextAttempt: 1, delayMs: 0 });
    expect((await complete(runs, key('a'))).map((job) => job.key).sort()).toEqual(
      [key('b'), key('c')].sort(),
    );
    expect(await complete(runs, key('b'))).toEqual([]);
    expect(await states()).toEqual({ a: 'succeeded', b: 'succeeded', c: 'ready', d: 'blocked' });
    expect((await complete(runs, key('c'))).map((job) => job.key)).toEqual([key('d')]);
    expect(await state()).toBe('running');
    await complete(runs, key('d'));
    expect(await state()).toBe('succeeded');
  });

  it('hands a claim its inputs by role, its seed unharmed, and its checkpoint', async () => {
    const { key } = await submitted(runs, { a: [], b: [], c: ['b', 'a'] });
    await complete(runs, key('a'));
    await complete(runs, key('b'));
    const first = await claimed(runs, key('c'));
    const inputs = [key('b'), key('a')].map((jobKey) => ({
      jobKey,
      digest: successOf({ jobKey }).artifact.digest,
    }));
    expect(first).toMatchObject({ attempt: 1, seed: Number.MAX_SAFE_INTEGER, checkpoint: null });
    expect(first.inputs).toEqual({ dataset: inputs, sourceModel: [], nonTransferModels: [] });
    await runs.saveCheckpoint(first, { step: 2, digest: 'abc', blobs: [] });
    await runs.release(first);
    expect((await claimed(runs, key('c'))).checkpoint).toEqual({ step: 2, digest: 'abc' });
  });

  it('stores what a success brings', async () => {
    const { id, key } = await submitted(runs, { a: [] });
    const claim = await claimed(runs, key('a'));
    const success = successOf(claim);
    await runs.succeed(claim, success);
    const [artifact] = (await runs.listArtifacts(id, { limit: 1 })).items;
    expect(artifact).toMatchObject({
      ...success.artifact,
      jobKey: key('a'),
      step: 'a',
      meta: { succeeded: 7 },
    });
    expect(await runs.getArtifact(success.artifact.digest)).toEqual(artifact);
    const { items: metrics } = await runs.listMetrics(id, { limit: 200 });
    expect(metrics).toMatchObject(
      success.metrics.map((metric) => ({ ...metric, jobKey: key('a'), stepName: 'a' })),
    );
    expect((await runs.listMetrics(id, { name: 'loss', limit: 200 })).items).toHaveLength(1);
    const [attempt] = (await runs.getJob(key('a'))).attempts;
    expect(attempt).toMatchObject({
      outcome: 'succeeded',
      peakRssBytes: 5_000_000_000,
      provenance: { device: 'cpu' },
    });
  });
});

describe('fencing', () => {
  it('gives a job to one worker only', async () => {
    const { key } = await submitted(runs, { a: [] });
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, i) => runs.claim(key('a'), `worker ${i}`)),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  it('refuses every write of an attempt that is no longer the newest', async () => {
    const { key, states } = await submitted(runs, { a: [] });
    const old = await claimed(runs, key('a'), 'paused');
    await runs.release(old);
    const current = await claimed(runs, key('a'), 'busy');
    expect(await runs.heartbeat(old, null)).toBe('fenced');
    for (const write of [
      () => runs.succeed(old, successOf(old)),
      () => runs.fail(old, crash, noRss),
      () => runs.release(old),
      () => runs.cancelled(old),
      () => runs.saveCheckpoint(old, { step: 9, digest: 'stale', blobs: [] }),
    ]) {
      await expect(write()).rejects.toMatchObject({ code: 'JOB_FENCED' });
    }
    expect(await states()).toEqual({ a: 'running' });
    expect(await runs.getJob(key('a'))).toMatchObject({ attempt: 2, artifactDigest: null });
    await runs.succeed(current, successOf(current));
    expect(await states()).toEqual({ a: 'succeeded' });
  });

  it('takes a success sent twice by the same attempt as one', async () => {
    const { id, key } = await submitted(runs, { a: [], b: ['a'] });
    const claim = await claimed(runs, key('a'));
    expect(await runs.succeed(claim, successOf(claim))).toHaveLength(1);
    expect(await runs.succeed(claim, successOf(claim))).toEqual([]);
    expect((await runs.listMetrics(id, { limit: 200 })).items).toHaveLength(2);
    await expect(runs.succeed(claim, successOf(claim, 'other'))).rejects.toMatchObject({
      code: 'JOB_FENCED',
    });
  });
});

describe('failure', () => {
  it('retries with growing backoff, then fails, and its descendants with it; other branches go on', async () => {
    const { id, key, states, state } = await submitted(runs, { a: [], b: ['a'], c: ['b'], other: [] });
    for (let attempt = 1; attempt <= 4; attempt++) {
      await database.clearBackoff();
      const again = await failsAndWaits(
        runs,
        await claimed(runs, key('a')),
        crash,
        1_000 * 2 ** (attempt - 1),
      );
      expect(again?.nextAttempt).toBe(attempt + 1);
    }
    expect(await runs.claim(key('a'), 'too early')).toBeNull();
    await database.clearBackoff();
    expect(await runs.fail(await claimed(runs, key('a')), crash, noRss)).toEqual([]);
    expect(await states()).toEqual({ a: 'failed', b: 'failed', c: 'failed', other: 'ready' });
    const { error } = await runs.getJob(key('c'));
    expect(error).toMatchObject({ code: 'COMPUTE_CRASHED' });
    expect(error?.message).toContain(`attack ${key('a').slice(0, 12)}`);
    expect(await state()).toBe('running');
    await complete(runs, key('other'));
    expect(await state()).toBe('failed');

    const { ready } = await runs.retryExperiment(id);
    expect(ready).toMatchObject([{ key: key('a'), nextAttempt: 6, delayMs: 0 }]);
    for (const name of ['a', 'b', 'c']) await complete(runs, key(name));
    expect(await state()).toBe('succeeded');
  });

  it('does not retry what can not succeed', async () => {
    const { key, state } = await submitted(runs, { a: [] });
    expect(await runs.fail(await claimed(runs, key('a')), diverged, noRss)).toEqual([]);
    expect(await state()).toBe('failed');
    expect((await runs.getJob(key('a'))).attempts).toMatchObject([{ outcome: 'failed', error: diverged }]);
  });

  it('does not count a store that cannot be used, and tries again after longer and longer', async () => {
    const { key, states } = await submitted(runs, { a: [] });
    const codes = ['STORAGE_UNAVAILABLE', 'STORAGE_FULL', 'STORAGE_DENIED', 'STORAGE_READ_ONLY'] as const;
    for (const [i, code] of [...codes, ...codes].entries()) {
      const away = new ToogitError(code, 'no answer').toJSON();
      await database.clearBackoff();
      await failsAndWaits(runs, await claimed(runs, key('a')), away, Math.min(5_000 * 2 ** i, 300_000));
    }
    expect(await states()).toEqual({ a: 'ready' });
  });

  it('does not count a release, and forgives failures when a checkpoint moves forward', async () => {
    const { key, states } = await submitted(runs, { a: [] });
    for (let i = 0; i < 8; i++) {
      const [again] = await runs.release(await claimed(runs, key('a')));
      expect(again?.delayMs).toBe(0);
    }
    for (let step = 1; step <= 8; step++) {
      await database.clearBackoff();
      const claim = await claimed(runs, key('a'));
      await runs.saveCheckpoint(claim, { step, digest: `checkpoint ${step}`, blobs: [] });
      await runs.fail(claim, crash, noRss);
    }
    expect(await states()).toEqual({ a: 'ready' });
  });

  it('survives text that Postgres can not store', async () => {
    const { key, states } = await submitted(runs, { a: [] });
    await runs.fail(await claimed(runs, key('a')), { ...diverged, message: 'a\0b' }, noRss);
    expect(await states()).toEqual({ a: 'failed' });
  });
});

describe('leases', () => {
  it('expire when a worker is silent, and not when it speaks', async () => {
    const { key, states } = await submitted(runs, { silent: [], speaking: [] });
    const silent = await claimed(runs, key('silent'), 'dead');
    const speaking = await claimed(runs, key('speaking'), 'alive');
    await database.rewindHeartbeats(60_000);
    expect(await runs.heartbeat(speaking, null)).toBe('continue');
    const ready = (await runs.expireLeases(30_000)).filter((job) =>
      [key('silent'), key('speaking')].includes(job.key),
    );
    expect(ready).toMatchObject([{ key: key('silent'), nextAttempt: 2, delayMs: 0 }]);
    expect(await states()).toEqual({ silent: 'ready', speaking: 'running' });
    await expect(runs.succeed(silent, successOf(silent))).rejects.toMatchObject({ code: 'JOB_FENCED' });
    const [attempt] = (await runs.getJob(key('silent'))).attempts;
    expect(attempt).toMatchObject({
      outcome: 'expired',
      error: { code: 'COMPUTE_CRASHED' },
      workerId: 'dead',
    });
    await complete(runs, key('silent'));
    await runs.release(speaking);
  });

  it('end a job that kills every worker', async () => {
    const { key, state } = await submitted(runs, { poison: [] });
    for (let attempt = 1; attempt <= 5; attempt++) {
      await claimed(runs, key('poison'));
      await database.rewindHeartbeats(60_000);
      await runs.expireLeases(30_000);
    }
    expect(await state()).toBe('failed');
  });
});
