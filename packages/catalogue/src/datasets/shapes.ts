import type { DatasetDefinition } from '../definitions/dataset-definition.js';

/** Ten shapes in noise, drawn on the spot: nothing to download. Each is its own mirror image. */
export const shapes = {
  shape: [32, 32, 3],
  classes: 10,
  examples: { train: 10_000, test: 2_000 },
  mirrorable: true,
  source: 'published',
  importWork: { archive: 0.5e9, image: 0 },
} as const satisfies DatasetDefinition;
