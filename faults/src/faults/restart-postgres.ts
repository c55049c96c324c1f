import type { Fault } from './fault.js';

export const restartPostgres: Fault = {
  target: 'postgres',
  strike: ({ cluster }) => cluster.restartPostgres(),
};
