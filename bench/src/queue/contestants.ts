import { Queue, type QueueOptions, Worker } from 'bullmq';
import { noOpExperiment } from './no-op.js';
import { startNoOpWorker } from './no-op-worker.js';
import type { QueueServices } from './services.js';

export interface Load {
  jobs: number;
  /** Jobs of one experiment, or of one `addBulk`. */
  batch: number;
  concurrency: number;
}

export interface Contestant {
  /** Milliseconds from the first submission until the queue is empty and every result is in. */
  run(load: Load): Promise<number>;
  close(): Promise<void>;
}

/** Experiments through Postgres, Redis and a worker back to Postgres. */
export async function throughService(services: QueueServices, concurrency: number): Promise<Contestant> {
  const worker = await startNoOpWorker(services, concurrency);
  const notifications = new Queue('toogit-tensor', { connection: { url: services.redisUrl } });
  await notifications.waitUntilReady();
  return {
    run: async ({ jobs, batch }) => {
      const before = await services.runs.totals();
      const experiments = Array.from({ length: jobs / batch }, () => noOpExperiment(batch));
      const startedAt = performance.now();
      const finished = worker.succeeded(jobs);
      for (const experiment of experiments) {
        const { ready } = await services.runs.createExperiment(experiment);
        await services.dispatcher.push(ready);
      }
      await finished;
      await emptied(notifications);
      const elapsed = performance.now() - startedAt;
      const after = await services.runs.totals();
      requireEqual(after.jobs.succeeded - before.jobs.succeeded, jobs);
      requireEqual(after.experiments.succeeded - before.experiments.succeeded, experiments.length);
      return elapsed;
    },
    close: async () => {
      await worker.close();
      await notifications.close();
    },
  };
}

/** The same deliveries, with nobody to ask and nothing to record. */
export async function bareQueue({ redisUrl }: QueueServices, concurrency: number): Promise<Contestant> {
  const connection: QueueOptions['connection'] = { url: redisUrl };
  const queue = new Queue('bare', { connection, streams: { events: { maxLen: 100 } } });
  const worker = new Worker('bare', async () => {}, {
    connection: { url: redisUrl, maxRetriesPerRequest: null },
    concurrency,
  });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  return {
    run: async ({ jobs, batch }) => {
      const bulks = Array.from({ length: jobs / batch }, () => noOpExperiment(batch).plan.jobs);
      const startedAt = performance.now();
      const finished = completed(worker, jobs);
      for (const bulk of bulks) {
        await queue.addBulk(
          bulk.map(({ key, kind }) => ({
            name: kind,
            data: { jobKey: key, attempt: 1 },
            opts: { jobId: `${key}-1`, attempts: 1, removeOnComplete: true, removeOnFail: true },
          })),
        );
      }
      await finished;
      await emptied(queue);
      return performance.now() - startedAt;
    },
    close: async () => {
      await worker.close();
      await queue.close();
    },
  };
}

function completed(worker: Worker, jobs: number): Promise<void> {
  return new Promise((resolve) => {
    let left = jobs;
    const count = () => {
      if (--left > 0) return;
      worker.off('completed', count);
      resolve();
    };
    worker.on('completed', count);
  });
}

async function emptied(queue: Queue): Promise<void> {
  for (;;) {
    const counts = await queue.getJobCounts('waiting', 'active');
    if (Object.values(counts).every((count) => count === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function requireEqual(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${actual} where there should be ${expected}`);
}
