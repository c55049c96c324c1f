export type * from './access.js';
export { keyScopes } from './access.js';
export type { Page, PageQuery } from './cursor.js';
export { openRuns } from './open-runs.js';
export type * from './runs.js';
export type * from './views.js';
export type * from './work.js';
