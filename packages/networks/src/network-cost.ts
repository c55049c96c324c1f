import type { Architecture } from './architectures.js';
import { type ImageShape, layOutModel } from './model-layout.js';

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

/** Of an architecture on images of this shape. */
export function networkCost(
  { architecture, width, depth }: NetworkSize,
  inputShape: ImageShape,
  numClasses: number,
): NetworkCost {
  const model = layOutModel({ architecture, width, depth, inputShape, numClasses });
  const { forwardFlops, parameterCount: parameters, activations, layers } = model;
  return { forwardFlops, parameters, activations, layers, features: model.classifier.inputs };
}
