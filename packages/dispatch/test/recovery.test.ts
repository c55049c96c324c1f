import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openRuns } from '@toogit/runs';
import { createTestDatabase, type TestService, waitFor } from '@toogit/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsumer } from '../src/consumer.js';
import { startDispatcher } from '../src/dispatcher.js';
import { independentJobs, successOf } from './jobs.js';

let database: TestService;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.stop());

describe('a worker that is killed', () => {
  it('loses its job to another attempt once its lease has expired, with two sweeps about', async () => {
    const connection = { driver: 'postgres', url: database.url } as const;
    const runs = openRuns(database.url);
    await runs.migrate();
    const dispatchers = [
      await startDispatcher({ connection, runs }),
      await startDispatcher({ connection, runs }),
    ];
    const child = fork(fileURLToPath(new URL('child-worker.mjs', import.meta.url)), [database.url]);
    const { experiment, ready } = await runs.createExperiment(independentJobs(1));
    await dispatchers[0]?.push(ready);
    const [jobKey] = await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');

    const worker = await startConsumer({
      ...{ connection, resources: ['tensor'], concurrency: 2 },
      process: async (delivery) => {
        const claim = await runs.claim(delivery.jobKey, 'survivor');
        if (claim) await runs.succeed(claim, successOf(delivery.jobKey));
      },
    });
    for (const dispatcher of dispatchers) {
      dispatcher.startSweep({ intervalMs: 50, leaseMs: 1_000, repushMs: 60_000 });
    }
    await waitFor(async () => (await runs.getExperiment(experiment.id)).state === 'succeeded', 20_000);
    expect((await runs.getJob(jobKey)).attempts).toMatchObject([
      { workerId: 'killed', outcome: 'expired' },
      { workerId: 'survivor', outcome: 'succeeded' },
    ]);
    await Promise.all([worker, ...dispatchers].map((each) => each.close()));
    await runs.close();
  });
});
