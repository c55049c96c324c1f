import type { DatasetDefinition } from '../definitions/dataset-definition.js';

/** CIFAR-10 (Krizhevsky 2009). */
export const cifar10 = {
  shape: [32, 32, 3],
  classes: 10,
  examples: { train: 50_000, test: 10_000 },
  mirrorable: true,
  source: 'published',
  importWork: { archive: 2.5e9, image: 0 },
} as const satisfies DatasetDefinition;
