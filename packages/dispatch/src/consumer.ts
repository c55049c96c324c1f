import type { Consumer, ConsumerOptions, QueueConnection } from './dispatch.js';
import { type DeliveryWorker, openQueueDriver } from './queue-driver.js';
import { queueName } from './queue-names.js';
import { within } from './within.js';

const answerTimeoutMs = 10_000;

/**
 * Deliveries come at least once: after a crash or a lost lock again, even while the first is at work. `process` asks
 * Postgres (`claim`) whether there is anything to do. A delivery is done whether `process` resolves or throws; if the
 * job is ready still, the sweep pushes it again.
 * @throws QUEUE_UNAVAILABLE
 */
export async function startConsumer(
  options: ConsumerOptions & { connection: QueueConnection },
): Promise<Consumer> {
  const { connection, resources, concurrency, process, lockMs = 30_000, onError } = options;
  const driver = openQueueDriver(connection);
  const deliver = ({ data }: { data: { jobKey: string; attempt: number } }) =>
    process({ jobKey: data.jobKey, attempt: data.attempt }).catch((error) => onError?.(error));
  const settings = { concurrency, lockDuration: lockMs, stalledInterval: lockMs, maxStalledCount: 100 };
  const workers: DeliveryWorker[] = [];
  for (const resource of resources) {
    const worker = driver.openWorker(queueName(resource), deliver, settings);
    worker.on('error', (error) => onError?.(error));
    workers.push(worker);
    await within(answerTimeoutMs, worker.waitUntilReady()).catch(async (error) => {
      await Promise.allSettled(workers.map((each) => within(1_000, each.close(true))));
      throw error;
    });
  }
  return {
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
