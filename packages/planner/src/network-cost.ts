import { type Architecture, depthsOf, type ImageShape, type NetworkCost } from '@toogit/catalogue';
import { CostedNetwork } from './costed-network.js';
import { builds } from './network-builds.js';

/** What a cost depends on; a depth of null is the published one. */
export interface NetworkSize {
  architecture: Architecture;
  width: number;
  depth: number | null;
}

/** Of an architecture as the engine builds it, on images of this shape. */
export function networkCost({ architecture, width, depth }: NetworkSize, shape: ImageShape): NetworkCost {
  const network = new CostedNetwork(shape);
  builds[architecture](network, channelsAt(width), depth ?? depthsOf(architecture)?.published ?? 0);
  const { multiplications, parameters, activations, layers, features } = network;
  return { forwardFlops: 2 * multiplications, parameters, activations, layers, features };
}

/** Channels at this width where the published network has `published`: a multiple of 4, at least 4. */
const channelsAt = (width: number) => (published: number) =>
  Math.max(4, Math.round((published * width) / 4) * 4);
