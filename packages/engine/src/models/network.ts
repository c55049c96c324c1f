import { ToogitError } from '@toogit/core';
import {
  type BatchNormLayer,
  type ConvLayer,
  conv,
  type DenseLayer,
  type FlattenLayer,
  type GlobalPoolLayer,
  type Layer,
  type PoolLayer,
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

export interface ParameterDeclaration {
  name: string;
  shape: number[];
  /** Running statistics are state: not trained, and not counted among the parameters. */
  trainable: boolean;
  /** Constant at the start, or normal with this standard deviation. */
  initial: { constant: number } | { std: number };
}

/** A list of layers with its shapes worked out. */
export interface Network {
  nodes: Node[];
  outputShape: Shape;
  parameters: ParameterDeclaration[];
  /** Multiply-adds × 2 of convolutions and linear layers, per example, forward. */
  flops: number;
}

/** @throws ToogitError INTERNAL where an image is too small for the pools. */
export function layOut(layers: Layer[], inputShape: Shape, prefix = 'layers'): Network {
  const network: Network = { nodes: [], outputShape: inputShape, parameters: [], flops: 0 };
  layers.forEach((layer, index) => {
    const placed = place(layer, network.outputShape, `${prefix}.${index}`);
    network.nodes.push(...placed.nodes);
    network.parameters.push(...placed.parameters);
    network.flops += placed.flops;
    network.outputShape = placed.outputShape;
  });
  if (network.outputShape.some((size) => size < 1)) {
    throw new ToogitError(
      'INTERNAL',
      `images of ${inputShape.join('×')} are too small for this architecture`,
    );
  }
  return network;
}

function place(layer: Layer, inputShape: Shape, name: string): Network {
  const [height, width, channels] = inputShape as [number, number, number];
  const free = (outputShape: Shape): Network => ({
    nodes: [layer as Node],
    outputShape,
    parameters: [],
    flops: 0,
  });
  switch (layer.kind) {
    case 'conv':
      return placeConv(layer, inputShape, name);
    case 'dense':
      return placeDense(layer, inputShape, name);
    case 'residual': {
      const body = layOut(layer.body, inputShape, `${name}.body`);
      const shortcut = placeShortcut(inputShape, body.outputShape, `${name}.shortcut`);
      return {
        nodes: [
          {
            kind: 'residual',
            body: body.nodes,
            shortcut: (shortcut?.nodes[0] as ConvNode | undefined) ?? null,
            relu: layer.relu,
          },
        ],
        outputShape: body.outputShape,
        parameters: [...body.parameters, ...(shortcut?.parameters ?? [])],
        flops: body.flops + (shortcut?.flops ?? 0),
      };
    }
    case 'batchNorm':
      return {
        nodes: [{ ...layer, name, inputs: channels }],
        outputShape: inputShape,
        parameters: batchNormParameters(name, channels),
        flops: 0,
      };
    case 'concat':
      return placeConcat(layer.branches, inputShape, name);
    case 'maxPool':
    case 'averagePool': {
      const pooled = (size: number) => Math[layer.size % 2 ? 'ceil' : 'floor'](size / layer.stride);
      return free([pooled(height), pooled(width), channels]);
    }
    case 'globalPool':
      return free([channels]);
    case 'flatten':
      return free([height * width * channels]);
  }
}

function placeShortcut(input: Shape, output: Shape, name: string): Network | null {
  if (input.join() === output.join()) return null;
  const stride = input[0] === output[0] ? 1 : 2;
  const filters = output[2] as number;
  return placeConv(conv(filters, { size: 1, stride, relu: false }), input, name);
}

function placeConcat(layers: Layer[][], inputShape: Shape, name: string): Network {
  const branches = layers.map((branch, index) => layOut(branch, inputShape, `${name}.branches.${index}`));
  const sum = (of: (branch: Network) => number) => branches.reduce((total, branch) => total + of(branch), 0);
  const size = (branches[0] as Network).outputShape.slice(0, 2);
  return {
    nodes: [{ kind: 'concat', branches: branches.map((branch) => branch.nodes) }],
    outputShape: [...size, sum(({ outputShape }) => outputShape[2] as number)],
    parameters: branches.flatMap((branch) => branch.parameters),
    flops: sum(({ flops }) => flops),
  };
}

function placeConv(layer: ConvLayer, inputShape: Shape, name: string): Network {
  const [height, width, inputs] = inputShape as [number, number, number];
  const { filters, size, stride, batchNorm, bias } = layer;
  const outputShape = [Math.ceil(height / stride), Math.ceil(width / stride), filters] as const;
  const fanIn = size[0] * size[1] * inputs;
  const parameters: ParameterDeclaration[] = [
    // He et al. 2015
    {
      name: `${name}.kernel`,
      shape: [...size, inputs, filters],
      trainable: true,
      initial: { std: Math.sqrt(2 / fanIn) },
    },
    ...(bias ? [constant(`${name}.bias`, filters, 0, true)] : []),
    ...(batchNorm ? batchNormParameters(name, filters) : []),
  ];
  const flops = 2 * fanIn * filters * outputShape[0] * outputShape[1];
  return { nodes: [{ ...layer, name, inputs }], outputShape, parameters, flops };
}

const constant = (name: string, size: number, value: number, trainable: boolean): ParameterDeclaration => ({
  name,
  shape: [size],
  trainable,
  initial: { constant: value },
});

const batchNormParameters = (name: string, channels: number): ParameterDeclaration[] => [
  constant(`${name}.scale`, channels, 1, true),
  constant(`${name}.offset`, channels, 0, true),
  constant(`${name}.mean`, channels, 0, false),
  constant(`${name}.variance`, channels, 1, false),
];

/** A linear layer on its own; layers of a list are placed by `layOut`. */
export function placeDense(layer: DenseLayer, inputShape: Shape, name: string): Network {
  const inputs = inputShape[0] as number;
  const { units, bias, relu } = layer;
  // He for what a ReLU follows; for a last layer the variance of PyTorch's default.
  const std = Math.sqrt((relu ? 2 : 1 / 3) / inputs);
  const parameters: ParameterDeclaration[] = [
    { name: `${name}.kernel`, shape: [inputs, units], trainable: true, initial: { std } },
  ];
  if (bias) {
    parameters.push(constant(`${name}.bias`, units, 0, true));
  }
  return { nodes: [{ ...layer, name, inputs }], outputShape: [units], parameters, flops: 2 * inputs * units };
}
