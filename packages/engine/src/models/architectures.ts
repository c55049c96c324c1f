import { ToogitError } from '@toogit/core';
import type { ArchitectureDefinition, Channels } from './architecture-definition.js';
import { densenet121, densenetBc } from './densenet.js';
import { inceptionv3 } from './inception-v3.js';
import {
  conv,
  dense,
  flatten,
  globalAveragePool,
  globalMaxPool,
  type Layer,
  maxPool,
  residual,
} from './layers.js';
import { vgg16 } from './vgg16.js';

/** The convolutional network of TensorFlow's MNIST tutorial, as in Madry et al. 2018. */
const cnn: ArchitectureDefinition = {
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

/** The small ResNet of DAWNBench (David Page, "How to Train Your ResNet"): 8 convolutions and a linear layer. */
const resnet9: ArchitectureDefinition = {
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

type Block = (filters: number, stride: 1 | 2) => Layer;

/** He et al. 2016 for 32×32 images: a 3×3 stem without pooling, four stages that halve the size from the second on. */
function resnet(blocks: [number, number, number, number], block: Block, channels: Channels) {
  const stages = blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, index) =>
      block(channels(64 * 2 ** stage), stage > 0 && index === 0 ? 2 : 1),
    ),
  );
  return [conv(channels(64)), ...stages, globalAveragePool];
}

const basicBlock: Block = (filters, stride) =>
  residual([conv(filters, { stride }), conv(filters, { relu: false })], { relu: true });

const bottleneck: Block = (filters, stride) =>
  residual(
    [conv(filters, { size: 1 }), conv(filters, { stride }), conv(4 * filters, { size: 1, relu: false })],
    { relu: true },
  );

export const architectures = {
  cnn,
  resnet9,
  resnet18: {
    features: (channels) => resnet([2, 2, 2, 2], basicBlock, channels),
    classifier: { bias: true, scale: 1 },
  },
  resnet50: {
    features: (channels) => resnet([3, 4, 6, 3], bottleneck, channels),
    classifier: { bias: true, scale: 1 },
  },
  vgg16,
  inceptionv3,
  densenet121,
  'densenet-bc': densenetBc,
} as const satisfies Record<string, ArchitectureDefinition>;

export type Architecture = keyof typeof architectures;

/**
 * The layers from images to features.
 * @param depth null is the published one
 * @throws ToogitError SPEC_INVALID where the architecture has no such depth
 */
export function featureLayers(architecture: Architecture, width: number, depth: number | null): Layer[] {
  const { features, depths }: ArchitectureDefinition = architectures[architecture];
  if (depth !== null && !depths?.includes(depth)) {
    const message = depths
      ? `the depth of ${architecture} is ${depths.rule}, not ${depth}`
      : `${architecture} has one depth only; ${withDepths.join(', ')} comes in several`;
    throw new ToogitError('SPEC_INVALID', message, { details: [{ path: 'depth', message }] });
  }
  return features(channelsAt(width), depth ?? depths?.published ?? 0);
}

const withDepths = Object.entries<ArchitectureDefinition>(architectures)
  .filter(([, { depths }]) => depths)
  .map(([name]) => name);

/** How many channels a network of this width has where the published one has `published`: a multiple of 4, at least 4. */
export const channelsAt =
  (width: number) =>
  (published: number): number =>
    Math.max(4, Math.round((published * width) / 4) * 4);
