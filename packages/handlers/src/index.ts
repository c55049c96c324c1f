export type { Checkpoints, DeviceCache, JobContext, JobHandler, JobOutput } from './context.js';
