import type { Layer } from './layers.js';

/** How many channels stand for a published number of them. */
export type Channels = (published: number) => number;

export interface ArchitectureDefinition {
  /** As tables show it: `ResNet-18`. */
  title: string;
  /** A line for people who choose, with the source. */
  summary: string;
  /** From images to the penultimate layer (the features). */
  features: (channels: Channels, depth: number) => Layer[];
  /** The last, linear layer: its bias, and what its output is multiplied by. */
  classifier: { bias: boolean; scale: number };
  /** Least height and width of images, in pixels, where the pools need more than 8. */
  smallestImage?: number;
  depths?: Depths;
}

/** The depths of an architecture that comes in several, in layers with weights. */
export interface Depths {
  published: number;
  /** Which others there are, in words. */
  rule: string;
  includes(depth: number): boolean;
}
