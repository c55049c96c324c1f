import { ToogitError } from '@toogit/core';
import {
  type BatchNormLayer,
  type ConcatLayer,
  type ConvLayer,
  conv,
  type DenseLayer,
  type FlattenLayer,
  type GlobalPoolLayer,
  type Layer,
  type PoolLayer,
  type ResidualLayer,
} from './layers.js';

/** [h,w,c] or [c]. */
type Shape = readonly number[];

/** A layer in its place: `name` prefixes its parameters, `inputs` is the number of channels that come in. */
export type Node =
  | ConvNode
  | DenseNode
  | BatchNormNode
  | PoolLayer
  | GlobalPoolLayer
  | FlattenLayer
  | { kind: 'residual'; body: Node[]; shortcut: ConvNode | null; relu: boolean }
  | { kind: 'concat'; branches: Node[][] };
export type ConvNode = ConvLayer & { name: string; inputs: number };
export type DenseNode = DenseLayer & { name: string; inputs: number };
export type BatchNormNode = BatchNormLayer & { name: string; inputs: number };
/** The nodes that have parameters, and that are linear in evaluation but for their ReLU. */
export type LinearNode = ConvNode | DenseNode | BatchNormNode;

/** What layers cost on one image. */
export interface LayersCost {
  /** Of convolutions and linear layers, forward. */
  multiplications: number;
  /** Trained ones; running statistics don't count. */
  parameters: number;
  /** Numbers that the layers put out: convolutions, batch norms, sums, concatenations, pools; a ReLU overwrites what it gets. */
  activations: number;
  /** Convolutions and linear layers. */
  layers: number;
}

/** A list of layers with its shapes worked out. */
export interface Network {
  nodes: Node[];
  outputShape: Shape;
  cost: LayersCost;
}

/** @throws ToogitError INTERNAL where an image is too small for the pools. */
export function layOut(layers: readonly Layer[], inputShape: Shape, prefix = 'layers'): Network {
  const nodes: Node[] = [];
  const cost: LayersCost = { multiplications: 0, parameters: 0, activations: 0, layers: 0 };
  let outputShape = inputShape;
  layers.forEach((layer, index) => {
    const placed = place(layer, outputShape, `${prefix}.${index}`);
    nodes.push(...placed.nodes);
    addTo(cost, placed.cost);
    outputShape = placed.outputShape;
  });
  if (outputShape.some((size) => size < 1)) {
    throw new ToogitError(
      'INTERNAL',
      `images of ${inputShape.join('×')} are too small for this architecture`,
    );
  }
  return { nodes, outputShape, cost };
}

function addTo(sum: LayersCost, { multiplications, parameters, activations, layers }: LayersCost): void {
  sum.multiplications += multiplications;
  sum.parameters += parameters;
  sum.activations += activations;
  sum.layers += layers;
}

const sizeOf = (shape: Shape) => shape.reduce((product, n) => product * n, 1);

/** A layer that has no parameters and multiplies nothing. */
const free = (node: Node, outputShape: Shape, activations = 0): Network => ({
  nodes: [node],
  outputShape,
  cost: { multiplications: 0, parameters: 0, activations, layers: 0 },
});

function place(layer: Layer, inputShape: Shape, name: string): Network {
  const [height, width, channels] = inputShape as [number, number, number];
  switch (layer.kind) {
    case 'conv':
      return placeConv(layer, inputShape, name);
    case 'dense':
      return placeDense(layer, inputShape, name);
    case 'residual':
      return placeResidual(layer, inputShape, name);
    case 'batchNorm': {
      const placed = free({ ...layer, name, inputs: channels }, inputShape, sizeOf(inputShape));
      placed.cost.parameters = 2 * channels;
      return placed;
    }
    case 'concat':
      return placeConcat(layer, inputShape, name);
    case 'maxPool':
    case 'averagePool': {
      const pooled = (size: number) => Math[layer.size % 2 ? 'ceil' : 'floor'](size / layer.stride);
      const outputShape = [pooled(height), pooled(width), channels];
      return free(layer, outputShape, sizeOf(outputShape));
    }
    case 'globalPool':
      return free(layer, [channels]);
    case 'flatten':
      return free(layer, [height * width * channels]);
  }
}

function placeResidual(
  { body: layers, relu, shortcutNorm }: ResidualLayer,
  inputShape: Shape,
  name: string,
): Network {
  const { nodes: body, outputShape, cost } = layOut(layers, inputShape, `${name}.body`);
  const shortcut = placeShortcut(inputShape, outputShape, shortcutNorm, `${name}.shortcut`);
  if (shortcut) addTo(cost, shortcut.cost);
  cost.activations += sizeOf(outputShape);
  const kept = (shortcut?.nodes[0] as ConvNode | undefined) ?? null;
  return { nodes: [{ kind: 'residual', body, shortcut: kept, relu }], outputShape, cost };
}

function placeShortcut(input: Shape, output: Shape, batchNorm: boolean, name: string): Network | null {
  if (input.join() === output.join()) return null;
  const stride = input[0] === output[0] ? 1 : 2;
  const filters = output[2] as number;
  return placeConv(conv(filters, { size: 1, stride, batchNorm, bias: false, relu: false }), input, name);
}

function placeConcat({ branches: layers }: ConcatLayer, inputShape: Shape, name: string): Network {
  const branches = layers.map((branch, index) => layOut(branch, inputShape, `${name}.branches.${index}`));
  const size = (branches[0] as Network).outputShape.slice(0, 2);
  const channels = branches.reduce((sum, { outputShape }) => sum + (outputShape[2] as number), 0);
  const outputShape = [...size, channels];
  // Twice: backwards, every branch gets its slice.
  const placed = free(
    { kind: 'concat', branches: branches.map(({ nodes }) => nodes) },
    outputShape,
    2 * sizeOf(outputShape),
  );
  for (const { cost } of branches) addTo(placed.cost, cost);
  return placed;
}

function placeConv(layer: ConvLayer, inputShape: Shape, name: string): Network {
  const [height, width, inputs] = inputShape as [number, number, number];
  const { filters, size, stride, batchNorm, bias } = layer;
  const outputShape = [Math.ceil(height / stride), Math.ceil(width / stride), filters] as const;
  const weights = size[0] * size[1] * inputs * filters;
  const perFilter = (bias ? 1 : 0) + (batchNorm ? 2 : 0);
  return {
    nodes: [{ ...layer, name, inputs }],
    outputShape,
    cost: {
      multiplications: weights * outputShape[0] * outputShape[1],
      parameters: weights + perFilter * filters,
      activations: (batchNorm ? 2 : 1) * sizeOf(outputShape),
      layers: 1,
    },
  };
}

/** A linear layer on its own; layers of a list are placed by `layOut`. */
export function placeDense(layer: DenseLayer, inputShape: Shape, name: string): Network {
  const inputs = inputShape[0] as number;
  const { units, bias } = layer;
  const weights = inputs * units;
  return {
    nodes: [{ ...layer, name, inputs }],
    outputShape: [units],
    cost: {
      multiplications: weights,
      parameters: weights + (bias ? units : 0),
      activations: units,
      layers: 1,
    },
  };
}
