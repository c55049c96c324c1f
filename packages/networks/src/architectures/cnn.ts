import type { ArchitectureDefinition } from '../architecture-definition.js';
import { conv, dense, flatten, maxPool } from '../layers.js';

/** The convolutional network of TensorFlow's MNIST tutorial, as in Madry et al. 2018. */
export const cnn: ArchitectureDefinition = {
  title: 'CNN',
  summary: "two convolutions and two linear layers, of TensorFlow's MNIST tutorial (Madry et al. 2018)",
  features: (channels) => [
    conv(channels(32), { size: 5, batchNorm: false }),
    maxPool,
    conv(channels(64), { size: 5, batchNorm: false }),
    maxPool,
    flatten,
    dense(channels(1024)),
  ],
  classifier: { bias: true, scale: 1 },
};
