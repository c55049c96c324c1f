import { createPostgresBackend, Queue, Worker } from 'bullmq';
import type { QueueDriver } from './queue-driver.js';

/** BullMQ's own tables, in the schema `bullmq` of the same database; they are made on first use. */
export function openPostgresDriver(url: string): QueueDriver {
  const connection = { connectionString: url, max: 4, migrate: true };
  return {
    openQueue: (name) => new Queue(name, { connection }, createPostgresBackend),
    openWorker: (name, process, settings) =>
      new Worker(name, process, { connection, ...settings }, createPostgresBackend),
  };
}
