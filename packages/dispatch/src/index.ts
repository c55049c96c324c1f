export { openBoardQueues } from './board-queues.js';
export { startConsumer } from './consumer.js';
export type {
  Consumer,
  ConsumerOptions,
  Delivery,
  Dispatcher,
  QueueConnection,
  SweepOptions,
} from './dispatch.js';
export { type DispatcherOptions, startDispatcher } from './dispatcher.js';
export { checkRedisSafety } from './redis-safety.js';
