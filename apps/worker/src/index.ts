export type { Compute } from './job-attempt.js';
export type { Outcome } from './messages.js';
export { observed } from './observed-runs.js';
export { announce } from './presence.js';
export { type SlotsOptions, startSlots } from './slots.js';
export { startWorker, type Worker, type WorkerOptions } from './worker.js';
