import { z } from 'zod';
import { count, precisions } from './values.js';

/** Settings that several kinds of step have. */

/** The name of another step. */
export const reference = z.string().min(1).max(64);

/** Kinds of step that hold images with labels. */
export const imageSteps = ['dataset', 'synthesize'] as const;

export const precision = z
  .enum(precisions)
  .describe('What convolutions are computed in; bfloat16 is faster on CPUs that have it.')
  .default('float32');

/** As long as lets so many steps reach epsilon; five is the paper's ratio, steps of 0.1 at epsilon 0.5. */
export const defaultStepSize = (epsilon: number, stepsToEpsilon = 5): number =>
  epsilon > 0 ? epsilon / stepsToEpsilon : 0.1;

export const blockSize = z
  .int()
  .positive()
  .max(10_000)
  .describe('Examples of one job, computed as one batch.')
  .default(500);

export const batchSize = count.max(10_000).describe('Examples a step.').default(500);

export const firstExamples = count
  .nullable()
  .describe('The first so many examples; null is all.')
  .default(null);
