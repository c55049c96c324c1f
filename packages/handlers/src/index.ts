export type { Checkpoints, DeviceCache, JobContext, JobHandler, JobInput, JobOutput } from './context.js';
export { handlers } from './registry.js';
