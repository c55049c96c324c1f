import { type Architecture, architectures, featureLayers } from './architectures.js';
import { type DenseNode, layOut, type Network, type ParameterDeclaration, placeDense } from './network.js';

/** [height, width, channels] */
export type ImageShape = readonly [number, number, number];

/** What a model's parameters and cost depend on. */
export interface ModelShape {
  architecture: Architecture;
  /** Fraction of the published channel counts. */
  width: number;
  /** Layers, for an architecture that comes in several depths; the published one if null or not given. */
  depth?: number | null;
  inputShape: ImageShape;
  numClasses: number;
}

/** A model before there are tensors. */
export interface ModelLayout {
  /** From images to features. */
  network: Network;
  classifier: DenseNode;
  /** Of all of it, in the order of the network. */
  parameters: ParameterDeclaration[];
  /** Trained ones: running statistics don't count. */
  parameterCount: number;
  /** Multiply-adds × 2 of one example's forward pass. */
  forwardFlops: number;
}

/**
 * Computes nothing, and needs no engine.
 * @throws ToogitError SPEC_INVALID where the architecture has no such depth, INTERNAL where images are too small for it
 */
export function layOutModel({
  architecture,
  width,
  depth = null,
  inputShape,
  numClasses,
}: ModelShape): ModelLayout {
  const network = layOut(featureLayers(architecture, width, depth), inputShape);
  const { bias } = architectures[architecture].classifier;
  const head = placeDense(
    { kind: 'dense', units: numClasses, bias, relu: false },
    network.outputShape,
    'classifier',
  );
  const parameters = [...network.parameters, ...head.parameters];
  const sizes = parameters.map(({ shape, trainable }) => (trainable ? shape.reduce((a, b) => a * b, 1) : 0));
  return {
    network,
    classifier: head.nodes[0] as DenseNode,
    parameters,
    parameterCount: sizes.reduce((sum, size) => sum + size, 0),
    forwardFlops: network.flops + head.flops,
  };
}
