import { z } from 'zod';

/** Settings of the two Gaussians. */
export const theoryShape = {
  dimensions: z.array(z.int().min(2).max(512)).min(1).max(16).describe('Dimensions of the Gaussians.'),
  epsilons: z
    .array(z.number().positive())
    .min(1)
    .max(64)
    .describe('Radii of the L2 ball, in units of the data.'),
  conditionNumber: z
    .number()
    .min(1)
    .describe('Largest over smallest eigenvalue of the covariance.')
    .default(16),
  meanNorm: z.number().positive().describe('Length of the class mean.').default(1),
};

export const theoryStep = z.strictObject({ kind: z.literal('theory'), ...theoryShape });
export type TheoryStep = z.output<typeof theoryStep>;
