import './figure-components.js';
import { jobKinds } from '@toogit/catalogue';
import { z } from 'zod';

/** The report job's result, and what a content-addressed artifact cannot know: the experiment and its artifacts. */
export const report = z
  .object({
    ...jobKinds.report.result.shape,
    experimentId: z.string(),
    artifacts: z
      .record(z.string(), z.string())
      .describe("Digest of each step's artifact; of a step in blocks `attack/0`, `attack/1`, …"),
  })
  .meta({ id: 'Report', description: 'Its figures as numbers. Accuracies are fractions.' });
