import type { ArchitectureDefinition } from '../architecture-definition.js';
import { conv, residual } from '../layers.js';
import { type Block, resnet } from './resnet.js';

const basicBlock: Block = (filters, stride) =>
  residual([conv(filters, { stride }), conv(filters, { relu: false })], { relu: true });

/** Basic blocks of two 3×3 convolutions. */
export const resnet18: ArchitectureDefinition = {
  title: 'ResNet-18',
  summary: 'basic blocks, with a 3×3 stem (He et al. 2016)',
  features: (channels) => resnet([2, 2, 2, 2], basicBlock, channels),
  classifier: { bias: true, scale: 1 },
};
