import { ToogitError } from '@toogit/core';
import type { ReadyJob, Runs } from '@toogit/runs';
import { closeAll } from './close-all.js';
import type { Dispatcher, QueueConnection } from './dispatch.js';
import { openQueueDriver } from './open-queue-driver.js';
import { queueAnswer } from './queue-answer.js';
import type { DeliveryQueue } from './queue-driver.js';
import { deliveryId, queueName, resourceClasses } from './queue-names.js';
import { checkRedisSafety } from './redis-safety.js';
import { startSweep } from './sweep.js';

export interface DispatcherOptions {
  connection: QueueConnection;
  runs: Runs;
  /** Told of a lost connection (it is made anew) and of a failed sweep (the next one tries again). */
  onError?(error: unknown): void;
}

/** More notifications than that wait for the sweep: they wake idle workers, and busy ones look by themselves. */
const mostAtOnce = 2_000;
/** BullMQ writes a batch in one go: of so many it holds the event loop for some 30 ms, of 2,000 for 150. */
const batchSize = 250;

/** @throws QUEUE_UNAVAILABLE, QUEUE_UNSAFE if Redis would lose deliveries */
export async function startDispatcher({
  connection,
  runs,
  onError = () => {},
}: DispatcherOptions): Promise<Dispatcher> {
  if (connection.driver === 'redis') {
    const unchecked = await checkRedisSafety(connection.url, connection);
    if (unchecked !== null) onError(new ToogitError('QUEUE_UNSAFE', unchecked));
  }
  const driver = openQueueDriver(connection);
  const queues = new Map(
    resourceClasses.map((resource) => [resource, driver.openQueue(queueName(resource))]),
  );
  const all = [...queues.values()];
  for (const queue of all) queue.on('error', onError);
  // One after the other: the first makes BullMQ's tables.
  for (const queue of all) {
    await queueAnswer(queue.waitUntilReady()).catch(async (error) => {
      await closeAll(
        all.map((each) => each.close()),
        () => {},
      );
      throw error;
    });
  }
  let stopSweep = async () => {};

  const push = async (jobs: ReadyJob[]) => {
    for (const [resource, queue] of queues) {
      const chosen = jobs.filter((job) => job.resource === resource);
      for (let start = 0; start < Math.min(chosen.length, mostAtOnce); start += batchSize) {
        const batch = chosen.slice(start, Math.min(start + batchSize, mostAtOnce));
        await queueAnswer(pushTo(queue, batch));
      }
    }
  };

  return {
    push,
    startSweep: (options) => {
      stopSweep = startSweep(runs, push, options, onError);
    },
    check: async () => {
      await queueAnswer(Promise.all(all.map((queue) => queue.getJobCounts('waiting'))));
    },
    close: async () => {
      // A sweep under way that hangs must not keep the connections; what it has begun, the next one finishes.
      await closeAll([stopSweep()], onError);
      await closeAll(
        all.map((queue) => queue.close()),
        onError,
      );
    },
  };
}

/**
 * Nothing stays behind in the queue: a delivery that is done leaves no id, so that it can be pushed again should
 * Postgres still call the job ready.
 */
async function pushTo(queue: DeliveryQueue, jobs: ReadyJob[]): Promise<void> {
  await queue.addBulk(
    jobs.map((job) => ({
      name: job.kind,
      data: { jobKey: job.key, attempt: job.nextAttempt },
      opts: {
        jobId: deliveryId(job),
        attempts: 1,
        removeOnComplete: true,
        removeOnFail: true,
        ...(job.delayMs > 0 ? { delay: job.delayMs } : {}),
      },
    })),
  );
}
