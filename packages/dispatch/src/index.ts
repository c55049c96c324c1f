export type { Consumer, ConsumerOptions, Delivery, Dispatcher, QueueConnection } from './dispatch.js';
