import type { ArchitectureDefinition } from '../architecture-definition.js';
import { conv, flatten, maxPool } from '../layers.js';

/**
 * VGG-16 (configuration D of Simonyan and Zisserman 2015) with batch norm, for 32×32 images: five pools leave one pixel
 * of 512 channels, which a single linear layer classifies, where the published one has three (4096, 4096, classes). As
 * in the published one, convolutions keep the bias that their batch norm makes redundant.
 */
export const vgg16: ArchitectureDefinition = {
  title: 'VGG-16',
  summary: 'with batch norm and one linear layer (Simonyan and Zisserman 2015)',
  features: (channels) => {
    const block = (count: number, published: number) => [
      ...Array.from({ length: count }, () => conv(channels(published), { bias: true })),
      maxPool,
    ];
    return [...block(2, 64), ...block(2, 128), ...block(3, 256), ...block(3, 512), ...block(3, 512), flatten];
  },
  classifier: { bias: true, scale: 1 },
  smallestImage: 32,
};
