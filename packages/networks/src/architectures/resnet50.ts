import type { ArchitectureDefinition } from '../architecture-definition.js';
import { conv, residual } from '../layers.js';
import { type Block, resnet } from './resnet.js';

const bottleneck: Block = (filters, stride) =>
  residual(
    [conv(filters, { size: 1 }), conv(filters, { stride }), conv(4 * filters, { size: 1, relu: false })],
    { relu: true },
  );

/** Bottlenecks: 1×1, 3×3 and 1×1 convolutions, the last of four times the channels. */
export const resnet50: ArchitectureDefinition = {
  title: 'ResNet-50',
  summary: 'bottleneck blocks, with a 3×3 stem (He et al. 2016)',
  features: (channels) => resnet([3, 4, 6, 3], bottleneck, channels),
  classifier: { bias: true, scale: 1 },
};
