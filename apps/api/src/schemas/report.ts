import { jobKinds } from '@toogit/jobs';
import { z } from 'zod';

const attack = z.object({
  norm: z.string(),
  epsilon: z.number().describe('In [0,1] pixel units.'),
  steps: z.int(),
  successRate: z.number().describe('Fraction of attacked examples that reach their target.'),
  maxNorm: z.number().describe('Largest perturbation found in the data, in the norm of the attack.'),
});

/** The report job's result, and what a content-addressed artifact cannot know: the experiment and its artifacts. */
export const report = z
  .object({
    ...jobKinds.report.result.shape,
    attack: attack.nullable().describe('The first of `attacks`.'),
    experimentId: z.string(),
    artifacts: z
      .record(z.string(), z.string())
      .describe("Digest of each step's artifact; of a step in blocks `attack/0`, `attack/1`, …"),
  })
  .meta({ id: 'Report', description: 'Accuracies are fractions.' });
