export { type ApiOptions, createApi } from './create-api.js';
export { logOptions } from './log-options.js';
export type { AccessMode } from './plugins/access.js';
export type { Services } from './services.js';
