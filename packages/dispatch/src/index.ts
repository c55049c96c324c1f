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
export { collectGarbage, type GarbageOptions, type GarbageReport } from './maintenance/collect-garbage.js';
export { deleteReleased } from './maintenance/delete-released.js';
export { type ReconcileOptions, type ReconcileReport, reconcile } from './maintenance/reconcile.js';
export { type MaintenanceOptions, startMaintenance } from './maintenance/start-maintenance.js';
export type { Stores } from './maintenance/stores.js';
export { checkRedisSafety } from './redis-safety.js';
