import { closeAll } from './close-all.js';
import type { Consumer, ConsumerOptions, QueueConnection } from './dispatch.js';
import { openQueueDriver } from './open-queue-driver.js';
import { queueAnswer } from './queue-answer.js';
import type { DeliveryWorker } from './queue-driver.js';
import { queueName } from './queue-names.js';

/**
 * Deliveries come at least once: after a crash or a lost lock again, even while the first is running. `process` asks
 * Postgres (`claim`) whether there is anything to do. A delivery is done whether `process` resolves or throws; if the
 * job is ready still, the sweep pushes it again.
 * @throws QUEUE_UNAVAILABLE
 */
export async function startConsumer(
  options: ConsumerOptions & { connection: QueueConnection },
): Promise<Consumer> {
  const { connection, resources, concurrency, process, lockMs = 30_000, onError = () => {} } = options;
  const driver = openQueueDriver(connection);
  const deliver = ({ data }: { data: { jobKey: string; attempt: number } }) =>
    process({ jobKey: data.jobKey, attempt: data.attempt }).catch(onError);
  const settings = { concurrency, lockDuration: lockMs, stalledInterval: lockMs, maxStalledCount: 100 };
  const workers: DeliveryWorker[] = [];
  for (const resource of resources) {
    const worker = driver.openWorker(queueName(resource), deliver, settings);
    worker.on('error', onError);
    workers.push(worker);
    await queueAnswer(worker.waitUntilReady()).catch(async (error) => {
      await closeAll(
        workers.map((each) => each.close(true)),
        () => {},
      );
      throw error;
    });
  }
  return {
    // Whoever must wait for the deliveries in hand does so before: here a connection decides how long it takes.
    close: () =>
      closeAll(
        workers.map((worker) => worker.close()),
        onError,
      ),
  };
}
