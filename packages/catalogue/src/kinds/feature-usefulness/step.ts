import { z } from 'zod';
import { reference } from '../../step-values.js';

export const featureUsefulnessStep = z.strictObject({
  kind: z.literal('feature-usefulness'),
  responses: reference.describe('A `feature-responses` step.'),
});
export type FeatureUsefulnessStep = z.output<typeof featureUsefulnessStep>;
