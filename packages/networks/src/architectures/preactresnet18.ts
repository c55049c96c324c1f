import type { ArchitectureDefinition, Channels } from '../architecture-definition.js';
import { batchNormRelu, conv, globalAveragePool, type Layer, residual } from '../layers.js';

/** Nothing follows the convolution: the next block begins with batch norm and ReLU. */
const bare = { batchNorm: false, bias: false, relu: false } as const;

const convolutions = (filters: number, stride: 1 | 2): Layer[] => [
  conv(filters, { stride }),
  conv(filters, bare),
];

/** Where the shape changes, both paths begin with the same batch norm and ReLU, and the shortcut is a convolution alone. */
const block = (filters: number, stride: 1 | 2): Layer[] =>
  stride === 1
    ? [residual([batchNormRelu, ...convolutions(filters, 1)], { relu: false })]
    : [batchNormRelu, residual(convolutions(filters, 2), { relu: false, shortcutNorm: false })];

const stage = (published: number, stride: 1 | 2, channels: Channels): Layer[] => [
  ...block(channels(published), stride),
  ...block(channels(published), 1),
];

/** ResNet-18 with batch norm and ReLU before each convolution (He et al. 2016, "Identity Mappings in Deep Residual Networks"). */
export const preactresnet18: ArchitectureDefinition = {
  title: 'PreActResNet-18',
  summary: 'ResNet-18 with batch norm and ReLU before each convolution (He et al. 2016, “Identity Mappings”)',
  features: (channels) => [
    conv(channels(64), bare),
    ...stage(64, 1, channels),
    ...[128, 256, 512].flatMap((published) => stage(published, 2, channels)),
    batchNormRelu,
    globalAveragePool,
  ],
  classifier: { bias: true, scale: 1 },
};
