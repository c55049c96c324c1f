export { type ApiOptions, createApi } from './create-api.js';
export type { Services } from './services.js';
