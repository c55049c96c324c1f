export { openRuns } from './open-runs.js';
export type * from './runs.js';
