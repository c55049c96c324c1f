import type { Layer } from './layers.js';

/** How many channels stand for a published number of them. */
export type Channels = (published: number) => number;

export interface ArchitectureDefinition {
  /** From images to the penultimate layer (the features). */
  features: (channels: Channels, depth: number) => Layer[];
  /** The last, linear layer: its bias, and what its output is multiplied by. */
  classifier: { bias: boolean; scale: number };
  /** For architectures that come in several depths, in layers with weights; `rule` says which in words. */
  depths?: { published: number; rule: string; includes: (depth: number) => boolean };
}
