import type { ArchitectureDefinition } from '../architecture-definition.js';
import { denseNet } from './dense-net.js';

/** The paper's own network for CIFAR: three equal blocks at growth 12; two convolutions make a dense layer. */
export const densenetBc: ArchitectureDefinition = {
  title: 'DenseNet-BC',
  summary: 'three equal blocks at growth 12; `depth` is 6n + 4, 100 unless given (Huang et al. 2017)',
  features: (channels, depth) => {
    const layers = (depth - 4) / 6;
    return denseNet([layers, layers, layers], channels(12));
  },
  classifier: { bias: true, scale: 1 },
  depths: {
    published: 100,
    rule: '6n + 4, at least 10',
    includes: (depth) => depth >= 10 && (depth - 4) % 6 === 0,
  },
};
