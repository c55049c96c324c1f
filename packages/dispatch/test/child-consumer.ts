import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { QueueConnection } from '../src/dispatch.js';

/** A consumer in a process of its own that announces its first delivery and never finishes it. */
export function childConsumer(connection: QueueConnection): ChildProcess {
  return fork(fileURLToPath(new URL('child-consumer.mjs', import.meta.url)), [JSON.stringify(connection)]);
}
