import { precisions } from '@toogit/catalogue';
import { z } from 'zod';
import { pixelDistance } from '../pixel-distance.js';

/** The name of another step. */
export const reference = z.string().min(1).max(64);

export const precision = z
  .enum(precisions)
  .describe('What convolutions are computed in; bfloat16 is faster on CPUs that have it.')
  .default('float32');

export const positiveDistance = pixelDistance.refine((value) => value > 0, {
  error: 'must be greater than 0',
});

/** The paper's ratio: steps of 0.1 at epsilon 0.5. */
export const defaultStepSize = (epsilon: number): number => (epsilon > 0 ? epsilon / 5 : 0.1);

export const blockSize = z
  .int()
  .positive()
  .max(10_000)
  .describe('Examples of one job, computed as one batch.')
  .default(500);
