import type { BaseAdapter } from '@bull-board/api/baseAdapter';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Queue } from 'bullmq';
import { closeAll } from './close-all.js';
import type { QueueConnection } from './dispatch.js';
import { openQueueDriver } from './open-queue-driver.js';
import { queueName, resourceClasses } from './queue-names.js';

/** The queues for bull-board, read-only, on connections of their own: a board that is slow slows no dispatcher. */
export function openBoardQueues(
  connection: QueueConnection,
  onError: (error: unknown) => void,
): { queues: BaseAdapter[]; close(): Promise<void> } {
  const driver = openQueueDriver(connection);
  const queues = resourceClasses.map((resource) => driver.openQueue(queueName(resource)));
  for (const queue of queues) queue.on('error', onError);
  return {
    queues: queues.map((queue) => new BullMQAdapter(queue as Queue, { readOnlyMode: true })),
    close: () =>
      closeAll(
        queues.map((queue) => queue.close()),
        onError,
      ),
  };
}
