import { once } from 'node:events';
import { openRuns, type Runs } from '@toogit/runs';
import { createTestDatabase, type TestService, waitFor } from '@toogit/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsumer } from '../src/consumer.js';
import type { Consumer, Delivery, Dispatcher, QueueConnection } from '../src/dispatch.js';
import { startDispatcher } from '../src/dispatcher.js';
import { childConsumer } from './child-consumer.js';
import { independentJobs, readyJob, successOf } from './jobs.js';

export interface DriverUnderTest {
  connection: QueueConnection;
  /** Loses everything that the queue holds. */
  loseAll(): Promise<void>;
}

/** What every driver of the queue must do. `open` gets the database's URL. */
export function describeDriver(name: string, open: (databaseUrl: string) => Promise<DriverUnderTest>): void {
  describe(`the queue on ${name}`, () => {
    let database: TestService;
    let runs: Runs;
    let driver: DriverUnderTest;
    let dispatcher: Dispatcher;
    const deliveries: Delivery[] = [];
    const consumers: Consumer[] = [];

    const consume = async (process: (delivery: Delivery) => Promise<void>, more = {}) => {
      const consumer = await startConsumer({
        connection: driver.connection,
        ...{ resources: ['tensor'], concurrency: 4, lockMs: 1_000, ...more },
        process,
      });
      consumers.push(consumer);
      return consumer;
    };
    const record = async (delivery: Delivery) => {
      deliveries.push(delivery);
    };
    const delivered = (key: string) => deliveries.filter(({ jobKey }) => jobKey === key).length;
    /** Consumers of one test must not take the deliveries of the next. */
    const closeConsumers = async () => {
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
    };

    beforeAll(async () => {
      database = await createTestDatabase();
      runs = openRuns(database.url);
      await runs.migrate();
      driver = await open(database.url);
      dispatcher = await startDispatcher({ connection: driver.connection, runs });
    });
    afterAll(async () => {
      await dispatcher?.close();
      await runs?.close();
      await database?.stop();
    });

    it('delivers each job once, to consumers of its resource class', async () => {
      // Several batches of each class.
      const jobs = Array.from({ length: 1_100 }, (_, i) => readyJob({ resource: i % 2 ? 'cpu' : 'tensor' }));
      const onlyTensor: string[] = [];
      await consume(async ({ jobKey }) => void onlyTensor.push(jobKey));
      await dispatcher.push(jobs);
      const tensor = jobs.filter((job) => job.resource === 'tensor').map((job) => job.key);
      await waitFor(() => onlyTensor.length >= tensor.length);
      await consume(record, { resources: ['cpu'] });
      await waitFor(() => deliveries.length >= jobs.length - tensor.length);
      expect(onlyTensor.sort()).toEqual(tensor.sort());
      expect(deliveries.every(({ jobKey }) => !tensor.includes(jobKey))).toBe(true);
      await closeConsumers();
    });

    it('takes the same attempt pushed again while it waits as one, and another attempt as another', async () => {
      const job = readyJob();
      const last = readyJob();
      await dispatcher.push([job]);
      await dispatcher.push([job, { ...job, nextAttempt: 2 }, last]);
      await consume(record);
      await waitFor(() => delivered(last.key) === 1);
      await waitFor(() => delivered(job.key) === 2);
      expect(deliveries.filter(({ jobKey }) => jobKey === job.key).map(({ attempt }) => attempt)).toEqual([
        1, 2,
      ]);
      await closeConsumers();
    });

    it('delivers an attempt again that is pushed again after it was done, or has thrown', async () => {
      const job = readyJob();
      const errors: unknown[] = [];
      await consume(
        async (delivery) => {
          await record(delivery);
          throw new Error('from process');
        },
        { onError: (error: unknown) => errors.push(error) },
      );
      for (const times of [1, 2, 3]) {
        // The queue forgets a delivery a moment after `process` has ended; until then a push changes nothing.
        await waitFor(async () => {
          await dispatcher.push([job]);
          return delivered(job.key) >= times;
        });
      }
      expect(String(errors[0])).toContain('from process');
      await closeConsumers();
    });

    it('keeps a delayed job back for its backoff', async () => {
      const job = readyJob({ delayMs: 700 });
      await consume(record);
      const pushed = Date.now();
      await dispatcher.push([job]);
      await waitFor(() => delivered(job.key) === 1);
      expect(Date.now() - pushed).toBeGreaterThanOrEqual(690);
      await closeConsumers();
    });

    it('gives the delivery of a killed consumer to another', async () => {
      const job = readyJob();
      const child = childConsumer(driver.connection);
      await dispatcher.push([job]);
      const [delivery] = await once(child, 'message');
      expect(delivery).toEqual({ jobKey: job.key, attempt: 1 });
      child.kill('SIGKILL');
      await once(child, 'exit');
      await consume(record);
      await waitFor(() => delivered(job.key) === 1, 20_000);
      await closeConsumers();
    });

    it('waits on close for the deliveries in hand, and takes no more', async () => {
      const [first, second] = [readyJob(), readyJob()];
      let open = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const log: string[] = [];
      const consumer = await consume(
        async ({ jobKey }) => {
          log.push(`begin ${jobKey}`);
          await gate;
          log.push(`end ${jobKey}`);
        },
        { concurrency: 1 },
      );
      await dispatcher.push([first]);
      await waitFor(() => log.length === 1);
      const closed = consumer.close().then(() => log.push('closed'));
      await dispatcher.push([second]);
      open();
      await closed;
      expect(log).toEqual([`begin ${first.key}`, `end ${first.key}`, 'closed']);
      await consume(record);
      await waitFor(() => delivered(second.key) === 1);
      await closeConsumers();
    });

    it('pushes what the queue has lost, and what was never pushed, by the sweep', async () => {
      const experiment = independentJobs(20);
      const jobs = experiment.plan.jobs;
      await runs.createExperiment(experiment);
      // Created is marked as pushed; half are pushed and lost, half are never pushed.
      await dispatcher.push(await runs.takeReady({ limit: 10, notPushedForMs: -1_000 }));
      await driver.loseAll();
      const finished = new Set<string>();
      await consume(async ({ jobKey }) => {
        const claim = await runs.claim(jobKey, 'consumer');
        if (!claim) return;
        await runs.succeed(claim, successOf(jobKey));
        finished.add(jobKey);
      });
      dispatcher.startSweep({ intervalMs: 100, leaseMs: 30_000, repushMs: 500 });
      await waitFor(() => finished.size === jobs.length, 20_000);
      await closeConsumers();
    });

    it('answers check', async () => {
      await expect(dispatcher.check()).resolves.toBeUndefined();
    });
  });
}
