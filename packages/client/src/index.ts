export { type Client, createClient, type DashboardOptions, type Spec } from './client.js';
export type * from './types.js';
export type { WatchOptions } from './watch-experiment.js';
