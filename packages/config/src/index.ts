export { loadConfig } from './load-config.js';
export type { ServiceConfig } from './service-config.js';
