import type { QueueConnection } from './dispatch.js';
import { openPostgresDriver } from './postgres-driver.js';
import type { QueueDriver } from './queue-driver.js';
import { openRedisDriver } from './redis-driver.js';

export function openQueueDriver(connection: QueueConnection): QueueDriver {
  switch (connection.driver) {
    case 'redis':
      return openRedisDriver(connection.url);
    case 'postgres':
      return openPostgresDriver(connection.url);
  }
}
