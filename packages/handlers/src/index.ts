export type { Checkpoints, DeviceCache, JobContext, JobHandler, JobOutput } from './context.js';
export { handlers } from './registry.js';
