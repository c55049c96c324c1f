import { ToogitError } from '@toogit/errors';
import type { ReadyJob, Runs } from '@toogit/runs';
import type { Dispatcher, QueueConnection } from './dispatch.js';
import { type DeliveryQueue, openQueueDriver } from './queue-driver.js';
import { deliveryId, queueName, resourceClasses } from './queue-names.js';
import { checkRedisSafety } from './redis-safety.js';
import { startSweep } from './sweep.js';
import { within } from './within.js';

export interface DispatcherOptions {
  connection: QueueConnection;
  runs: Runs;
  /** Told of a lost connection (it is made anew) and of a failed sweep (the next one tries again). */
  onError?(error: unknown): void;
}

/** How long the queue may take to answer; a push that fails is made up for by the sweep. */
const answerTimeoutMs = 10_000;

/** More wake-ups than that wait for the sweep: they wake idle workers, and busy ones look by themselves. */
const mostAtOnce = 2_000;

/** @throws QUEUE_UNAVAILABLE, QUEUE_UNSAFE if Redis would lose deliveries */
export async function startDispatcher({ connection, runs, onError }: DispatcherOptions): Promise<Dispatcher> {
  if (connection.driver === 'redis') {
    const unchecked = await checkRedisSafety(connection.url, connection);
    if (unchecked !== null) onError?.(new ToogitError('QUEUE_UNSAFE', unchecked));
  }
  const driver = openQueueDriver(connection);
  const queues = new Map(
    resourceClasses.map((resource) => [resource, driver.openQueue(queueName(resource))]),
  );
  const all = [...queues.values()];
  for (const queue of all) queue.on('error', (error) => onError?.(error));
  // One after the other: the first makes BullMQ's tables.
  for (const queue of all) {
    await within(answerTimeoutMs, queue.waitUntilReady()).catch(async (error) => {
      await Promise.allSettled(all.map((each) => within(1_000, each.close())));
      throw error;
    });
  }
  let stopSweep = async () => {};

  const push = async (jobs: ReadyJob[]) => {
    for (const [resource, queue] of queues) {
      const chosen = jobs.filter((job) => job.resource === resource);
      if (chosen.length > 0) await within(answerTimeoutMs, pushTo(queue, chosen.slice(0, mostAtOnce)));
    }
  };

  return {
    push,
    startSweep: (options) => {
      stopSweep = startSweep(runs, push, options, onError ?? (() => {}));
    },
    check: async () => {
      await within(answerTimeoutMs, Promise.all(all.map((queue) => queue.getJobCounts('waiting'))));
    },
    close: async () => {
      await stopSweep();
      await Promise.all(all.map((queue) => queue.close()));
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
