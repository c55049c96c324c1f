import type { ArchitectureDefinition } from '../architecture-definition.js';
import { denseNet } from './dense-net.js';

/** The ImageNet network's four blocks at growth 32. Its stem, 7×7 at stride 2 and a pool, is a 3×3 convolution here. */
export const densenet121: ArchitectureDefinition = {
  title: 'DenseNet-121',
  summary: 'growth 32, with a 3×3 stem (Huang et al. 2017)',
  features: (channels) => denseNet([6, 12, 24, 16], channels(32)),
  classifier: { bias: true, scale: 1 },
};
