import { sha256 } from '@toogit/artifacts';
import type { Claim } from '@toogit/runs';
import { startRedis, waitFor } from '@toogit/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startConsumer, startDispatcher } from '../../src/index.js';
import { reconcile } from '../../src/maintenance/reconcile.js';
import { bytesOf, experimentOf, finished, keyOf, openStores, storeArtifact } from './work.js';

let at: Awaited<ReturnType<typeof openStores>>;
beforeAll(async () => {
  at = await openStores();
});
afterAll(() => at.stop());
beforeEach(async () => {
  await at.sql.query('TRUNCATE experiments, jobs, artifacts, condemned_blobs CASCADE');
  at.blobs.blobs.clear();
  at.pushed.splice(0);
});
const run = (more: { dryRun?: boolean; deep?: boolean; force?: boolean } = {}) =>
  reconcile(at.stores, { dryRun: false, deep: false, ...more });

describe('reconcile', () => {
  it('has nothing to do where all is well', async () => {
    await finished(at.runs, at.blobs, ['a', 'b']);
    expect(await run({ deep: true })).toEqual({
      ...{ dryRun: false, requeued: 0, checked: 3, missing: [], corrupt: [], remade: 0 },
    });
  });

  it('has a missing blob made again, and says so first', async () => {
    const { key } = await finished(at.runs, at.blobs, ['a', 'b', 'c']);
    const lost = sha256(bytesOf('a'));
    await at.blobs.delete(lost);
    expect(await run({ dryRun: true })).toMatchObject({ missing: [lost], remade: 0 });
    expect((await at.runs.getJob(key)).state).toBe('succeeded');
    expect(await run()).toMatchObject({ missing: [lost], corrupt: [], remade: 1 });
    expect(at.pushed).toEqual([key]);
    expect((await at.runs.getJob(key)).state).toBe('ready');
    expect(await run({ dryRun: true })).toMatchObject({ missing: [], requeued: 1 });

    const claim = (await at.runs.claim(key, 'worker')) as Claim;
    await at.runs.succeed(claim, await storeArtifact(at.blobs, ['a', 'b', 'c']));
    expect(await run()).toMatchObject({ missing: [], remade: 0 });
  });

  it.each([
    ['of another size, by its size', (bytes: Uint8Array) => bytes.subarray(1), false],
    ['with a flipped bit, when it reads all', (bytes: Uint8Array) => bytes.with(0, 1), true],
  ])('finds a blob %s', async (_, damage, deep) => {
    const { key } = await finished(at.runs, at.blobs, ['whole', 'b', 'c']);
    const damaged = sha256(bytesOf('whole'));
    at.blobs.blobs.set(damaged, damage(bytesOf('whole')));
    if (deep) expect(await run()).toMatchObject({ corrupt: [] });
    expect(await run({ deep })).toMatchObject({ corrupt: [damaged], missing: [], remade: 1 });
    expect(at.blobs.quarantined.has(damaged)).toBe(true);
    expect((await at.runs.getJob(key)).state).toBe('ready');
  });

  it('changes nothing where most blobs are missing, as in the wrong bucket', async () => {
    const { key } = await finished(at.runs, at.blobs, ['a', 'b']);
    at.blobs.blobs.clear();
    await expect(run()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await at.runs.getJob(key)).state).toBe('succeeded');
    expect(await run({ force: true })).toMatchObject({ remade: 1 });
  });
});

const redis = await startRedis();
if (redis) {
  afterAll(() => redis.stop());
  describe('a Redis that has lost everything', () => {
    it('is filled again from Postgres at once, retries with what is left of their backoff', async () => {
      const { runs, stores, sql } = at;
      const connection = { driver: 'redis', url: redis.url } as const;
      const dispatcher = await startDispatcher({ connection, runs });
      const keys = Array.from({ length: 20 }, (_, i) => keyOf(`flushed ${i} ${Date.now()}`));
      const { ready } = await runs.createExperiment(experimentOf(keys));
      await dispatcher.push(ready);
      const retried = keys[0] as string;
      const claim = (await runs.claim(retried, 'worker')) as Claim;
      const error = { code: 'COMPUTE_CRASHED', message: 'gone', next: '', retryable: true } as const;
      await dispatcher.push(await runs.fail(claim, error, { peakRssBytes: null }));
      await sql.query("UPDATE jobs SET not_before = now() + interval '1500 milliseconds' WHERE key = $1", [
        retried,
      ]);
      const due = Date.now() + 1_500;

      const client = new Redis(redis.url);
      await client.flushall();
      expect(await client.dbsize()).toBe(0);
      await client.quit();
      const push = (jobs: typeof ready) => dispatcher.push(jobs);
      expect(await reconcile({ ...stores, push }, { dryRun: false, deep: false })).toMatchObject({
        requeued: keys.length,
      });

      const takenAt = new Map<string, number>();
      const consumer = await startConsumer({
        ...{ connection, resources: ['tensor'], concurrency: 4 },
        process: async ({ jobKey }) => {
          if (await runs.claim(jobKey, 'worker')) takenAt.set(jobKey, Date.now());
        },
      });
      await waitFor(() => takenAt.size === keys.length, 20_000);
      // A claim may come up to a second early, because the queue's clock is another one.
      expect(takenAt.get(retried)).toBeGreaterThanOrEqual(due - 1_000);
      await consumer.close();
      await dispatcher.close();
    });
  });
} else {
  describe.skip('a Redis that has lost everything', () => {
    it('needs a redis-server', () => {});
  });
}
