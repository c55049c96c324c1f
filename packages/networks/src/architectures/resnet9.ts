import type { ArchitectureDefinition } from '../architecture-definition.js';
import { conv, globalMaxPool, maxPool, residual } from '../layers.js';

/** The small ResNet of DAWNBench (David Page, "How to Train Your ResNet"): 8 convolutions and a linear layer. */
export const resnet9: ArchitectureDefinition = {
  title: 'ResNet-9',
  summary: 'eight convolutions and a linear layer (Page, "How to Train Your ResNet")',
  features: (channels) => {
    const twice = (filters: number) => residual([conv(filters), conv(filters)], { relu: false });
    return [
      conv(channels(64)),
      conv(channels(128)),
      maxPool,
      twice(channels(128)),
      conv(channels(256)),
      maxPool,
      conv(channels(512)),
      maxPool,
      twice(channels(512)),
      globalMaxPool,
    ];
  },
  classifier: { bias: false, scale: 0.125 },
};
