export {
  type Client,
  type ClientOptions,
  createClient,
  type DashboardOptions,
  type NewKey,
  type NewLimits,
  type NewProject,
  type Spec,
} from './client.js';
export type * from './types.js';
export type { WatchOptions } from './watch-experiment.js';
