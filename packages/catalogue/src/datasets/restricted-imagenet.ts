import type { DatasetDefinition } from '../definitions/dataset-definition.js';

/** Restricted ImageNet: nine groups of ImageNet's classes (Tsipras et al. 2019; Ilyas et al. 2019, appendix C.1). */
export const restrictedImagenet = {
  shape: [224, 224, 3],
  classes: 9,
  examples: { train: 257_748, test: 10_150 },
  mirrorable: true,
  source: 'directory',
  importWork: { archive: 0, image: 1e7 },
} as const satisfies DatasetDefinition;
