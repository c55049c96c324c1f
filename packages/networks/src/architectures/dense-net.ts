import { averagePool, batchNormRelu, concat, conv, globalAveragePool, type Layer } from '../layers.js';

/** Share of the channels that a transition keeps. */
const compression = 0.5;

/** Batch norm and ReLU come before each convolution, so none is left after the last of a block. */
const bare = { batchNorm: false, bias: false, relu: false } as const;

/** x beside `growth` new channels: a 1×1 convolution to 4 × growth of them, then a 3×3 one. */
const denseLayer = (growth: number): Layer =>
  concat([], [batchNormRelu, conv(4 * growth, { size: 1 }), conv(growth, bare)]);

const transition = (filters: number): Layer[] => [
  batchNormRelu,
  conv(filters, { ...bare, size: 1 }),
  averagePool,
];

/** DenseNet-BC of Huang et al. 2017 for 32×32 images: a 3×3 stem without pooling, dense blocks with transitions between. */
export function denseNet(blocks: number[], growth: number): Layer[] {
  let filters = 2 * growth;
  const layers: Layer[] = [conv(filters, bare)];
  blocks.forEach((count, index) => {
    if (index > 0) {
      filters = Math.floor(compression * filters);
      layers.push(...transition(filters));
    }
    layers.push(...Array.from({ length: count }, () => denseLayer(growth)));
    filters += count * growth;
  });
  return [...layers, batchNormRelu, globalAveragePool];
}
