import type { DatasetDefinition } from '../definitions/dataset-definition.js';

/** MNIST (LeCun et al. 1998). */
export const mnist = {
  shape: [28, 28, 1],
  classes: 10,
  examples: { train: 60_000, test: 10_000 },
  mirrorable: false,
  source: 'published',
  importWork: { archive: 0.5e9, image: 0 },
} as const satisfies DatasetDefinition;
