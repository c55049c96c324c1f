import { createPostgresBackend, Queue, Worker } from 'bullmq';
import type { QueueDriver } from './queue-driver.js';

/** The server ends a statement before the client gives up on the connection. */
const limits = {
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  statement_timeout: 15_000,
  query_timeout: 20_000,
};

/** BullMQ's own tables, in the schema `bullmq` of the same database; they are made on first use. */
export function openPostgresDriver(url: string): QueueDriver {
  const connection = { connectionString: url, max: 4, migrate: true, ...limits };
  return {
    openQueue: (name) => new Queue(name, { connection }, createPostgresBackend),
    openWorker: (name, process, settings) =>
      new Worker(name, process, { connection, ...settings }, createPostgresBackend),
  };
}
