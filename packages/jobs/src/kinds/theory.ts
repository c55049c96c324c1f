import { z } from 'zod';
import { defineKind } from '../kind.js';
import { count } from '../values.js';

/** Maximum likelihood of two Gaussians and its robust version: closed forms beside numerical optimisation. */
export const theory = defineKind({
  version: 1,
  resource: 'cpu',
  params: z.strictObject({
    dimensions: z.array(z.int().min(2).max(512)).min(1),
    /** Radii of the L2 ball, in units of the data. */
    epsilons: z.array(z.number().min(0)).min(1),
    /** Largest over smallest eigenvalue of the covariance. */
    conditionNumber: z.number().min(1),
    /** Length of the class mean. */
    meanNorm: z.number().positive(),
  }),
  inputs: {},
  output: 'theory',
  result: z.strictObject({ dimensions: z.array(count) }),
  maxAttempts: 3,
});
