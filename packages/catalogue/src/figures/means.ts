import { z } from 'zod';
import { count, fraction, interval } from '../values.js';

/**
 * A mean over seeds. With two or more, the interval is Student's t over the seeds; with one, the interval of that one
 * measurement over its examples (Wilson).
 */
export const meanOverSeeds = z.strictObject({
  seeds: z.array(z.int().min(0)),
  /** Examples of each seed's measurement. */
  n: count,
  mean: fraction,
  ci95: interval,
  interval: z.enum(['student-t-over-seeds', 'wilson-over-examples']),
});
export type MeanOverSeeds = z.infer<typeof meanOverSeeds>;
