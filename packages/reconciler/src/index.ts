export { collectGarbage, type GarbageOptions, type GarbageReport } from './collect-garbage.js';
export { deleteReleased } from './delete-released.js';
export { type ReconcileOptions, type ReconcileReport, reconcile } from './reconcile.js';
export type { Stores } from './stores.js';
export { startUpkeep, type UpkeepOptions } from './upkeep.js';
