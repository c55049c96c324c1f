export type { ServiceConfig } from './service-config.js';
