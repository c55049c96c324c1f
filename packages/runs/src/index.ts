export type * from './runs.js';
