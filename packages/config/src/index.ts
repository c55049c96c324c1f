export { environment } from './environment.js';
export { loadConfig } from './load-config.js';
export type { ServiceConfig } from './service-config.js';
