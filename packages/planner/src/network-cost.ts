import { type Architecture, type DatasetName, depthsOf, imageShapeOf } from '@toogit/catalogue';
import { CostedNetwork } from './costed-network.js';
import { builds } from './network-builds.js';

/** Cost of one network on one image. */
export interface NetworkCost {
  /**
   * Floating-point operations of a forward pass over one image, a multiply and an add apart. Convolutions and linear
   * layers count; what is left out (batch norm, activations, pooling) is a few per cent.
   */
  forwardFlops: number;
  /** Trained ones, all of them. */
  parameters: number;
  /** Numbers that a forward pass over one image puts out, layer by layer; a ReLU overwrites what it gets. */
  activations: number;
  /** Convolutions and linear layers. */
  layers: number;
  /** Outputs of the penultimate layer. */
  features: number;
}

/** What a cost depends on; a depth of null is the published one. */
export interface NetworkSize {
  architecture: Architecture;
  width: number;
  depth: number | null;
}

/** Of an architecture as the engine builds it. `imageSize` as for `imageShapeOf`. */
export function networkCost(
  { architecture, width, depth }: NetworkSize,
  dataset: DatasetName,
  imageSize: number | null = null,
): NetworkCost {
  const network = new CostedNetwork(imageShapeOf(dataset, imageSize));
  builds[architecture](network, channelsAt(width), depth ?? depthsOf(architecture)?.published ?? 0);
  const { multiplications, parameters, activations, layers, features } = network;
  return { forwardFlops: 2 * multiplications, parameters, activations, layers, features };
}

/** Channels at this width where the published network has `published`: a multiple of 4, at least 4. */
const channelsAt = (width: number) => (published: number) =>
  Math.max(4, Math.round((published * width) / 4) * 4);
