import { type Architecture, architectures, featureLayers } from './architectures.js';
import { type DenseNode, layOut, type Network, placeDense } from './layout.js';

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
  /** Trained ones: running statistics don't count. */
  parameterCount: number;
  /** Multiply-adds × 2 of one example's forward pass. */
  forwardFlops: number;
  /** Numbers that a forward pass over one image puts out, layer by layer. */
  activations: number;
  /** Convolutions and linear layers. */
  layers: number;
}

/**
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
  const last = { kind: 'dense', units: numClasses, bias, relu: false } as const;
  const head = placeDense(last, network.outputShape, 'classifier');
  return {
    network,
    classifier: head.nodes[0] as DenseNode,
    parameterCount: network.cost.parameters + head.cost.parameters,
    forwardFlops: 2 * (network.cost.multiplications + head.cost.multiplications),
    activations: network.cost.activations + head.cost.activations,
    layers: network.cost.layers + head.cost.layers,
  };
}
