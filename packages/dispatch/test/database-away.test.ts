import { setTimeout as delay } from 'node:timers/promises';
import { openRuns, type Runs, type RunsEvent } from '@toogit/runs';
import { createTestDatabase, ServiceProxy, type TestService, waitFor } from '@toogit/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDispatcher } from '../src/dispatcher.js';
import { independentJobs, successOf } from './jobs.js';

const leaseMs = 3_000;
const heartbeatMs = 1_000;
const worker = { name: 'worker', instance: '7d1a6f0e-6a2e-4a0e-9f5e-0c5b3f1f7a11' };
const kinds = { synthesize: 1 };

const progress = (done: number) => ({
  ...{ done, total: 9_999, unit: 'images', rate: null, etaSeconds: null, message: null },
});

let database: TestService;
let proxy: ServiceProxy;
let direct: Runs;
/** Through the proxy. */
let runs: Runs;

beforeEach(async () => {
  database = await createTestDatabase();
  direct = openRuns(database.url);
  await direct.migrate();
  proxy = await ServiceProxy.to(database.url);
  runs = openRuns(proxy.url);
});
afterEach(async () => {
  await Promise.all([runs.close(), direct.close()]);
  await proxy.close();
  await database.stop();
});

describe('a database that was away for longer than a lease', () => {
  it.each(['refuse', 'silent'] as const)(
    'expires no attempt whose worker lives, and takes its result: %s',
    async (mode) => {
      const dispatcher = await startDispatcher({
        ...{ connection: { driver: 'postgres', url: database.url }, runs, onError: () => {} },
      });
      const { experiment, ready } = await runs.createExperiment(independentJobs(2));
      const [alive, dead] = await Promise.all(ready.map(({ key }) => runs.claim(key, 'worker')));
      if (!alive || !dead) throw new Error('both are claimed');
      const heartbeats = setInterval(() => void runs.heartbeat(alive, null).catch(() => {}), heartbeatMs);
      dispatcher.startSweep({ intervalMs: 20, leaseMs });

      await proxy.set(mode);
      await delay(2 * leaseMs);
      await proxy.set('pass');
      // Whoever has really gone is missed all the same.
      await waitFor(
        async () => (await direct.getJob(dead.jobKey)).attempts[0]?.outcome === 'expired',
        40_000,
      );
      await waitFor(() => runs.heartbeat(alive, null).catch(() => false), 20_000);
      await runs.succeed(alive, successOf(alive.jobKey));
      clearInterval(heartbeats);
      const job = await direct.getJob(alive.jobKey);
      expect(job.attempts).toMatchObject([{ number: 1, outcome: 'succeeded' }]);
      expect((await direct.getExperiment(experiment.id)).state).toBe('running');
      await dispatcher.close();
    },
    120_000,
  );
});

describe('a connection to the database that falls silent', () => {
  it.each(['silent', 'half-open'] as const)(
    'holds up claims, heartbeats and notifications for half a minute at most: %s',
    async (mode) => {
      await runs.registerWorker(
        {
          ...worker,
          release: 'test',
          device: 'cpu',
          resources: ['tensor', 'cpu'],
          memoryBytes: 1e12,
          kinds,
        },
        30_000,
      );
      const events: RunsEvent[] = [];
      const stop = await runs.subscribe((event) => events.push(event));
      const { ready } = await runs.createExperiment(independentJobs(3));
      const claimNext = () => runs.claimNext(worker, { resource: 'tensor', limit: 1 });
      const [first] = await claimNext();
      if (first === undefined) throw new Error('three are ready');

      await proxy.set(mode);
      const held = Promise.allSettled([claimNext(), runs.heartbeat(first, null)]);
      if (mode === 'silent') {
        // Each claim of the class waits for the one before.
        expect((await held).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
        await proxy.set('pass');
      }
      const claimed = await waitFor(async () => (await claimNext().catch(() => []))[0], 30_000);
      expect(ready.map(({ key }) => key)).toContain(claimed.jobKey);
      expect(await waitFor(() => runs.heartbeat(first, null).catch(() => null), 30_000)).toBe('continue');
      let done = 0;
      await waitFor(async () => {
        await direct.heartbeat(claimed, progress(++done));
        return events.some((event) => event.type === 'job' && event.jobKey === claimed.jobKey);
      }, 45_000);
      await stop();
    },
    150_000,
  );

  it('fails a subscription that is being made meanwhile, and nothing else', async () => {
    const stop = await runs.subscribe(() => {});
    const stopped = stop();
    const next = runs.subscribe(() => {});
    await proxy.set('refuse');
    await expect(next).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await stopped;
    await proxy.set('pass');
    await waitFor(() => runs.subscribe(() => {}));
  });

  it('is refused at the start within half a minute', async () => {
    await proxy.set('silent');
    const { url } = proxy;
    for (const use of [() => runs.check(), () => runs.migrate(), () => runs.exclusively(1, async () => {})])
      await expect(use()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(startDispatcher({ connection: { driver: 'postgres', url }, runs })).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
    });
  }, 90_000);
});
