import type { Node } from './layout.js';

/** A tensor of a network before there are tensors. */
export interface ParameterDeclaration {
  name: string;
  shape: number[];
  /** Running statistics are state: not trained, and not counted among the parameters. */
  trainable: boolean;
  /** Constant at the start, or normal with this standard deviation. */
  initial: { constant: number } | { std: number };
}

/** Of all nodes, in the order of the network. */
export function parametersOf(nodes: readonly Node[]): ParameterDeclaration[] {
  return nodes.flatMap((node) => {
    switch (node.kind) {
      case 'conv': {
        const { name, size, inputs, filters, bias, batchNorm } = node;
        // He et al. 2015
        const std = Math.sqrt(2 / (size[0] * size[1] * inputs));
        return [
          normal(`${name}.kernel`, [...size, inputs, filters], std),
          ...(bias ? [constant(`${name}.bias`, filters, 0, true)] : []),
          ...(batchNorm ? batchNormParameters(name, filters) : []),
        ];
      }
      case 'dense': {
        const { name, inputs, units, bias, relu } = node;
        // He for what a ReLU follows; for a last layer the variance of PyTorch's default.
        const std = Math.sqrt((relu ? 2 : 1 / 3) / inputs);
        return [
          normal(`${name}.kernel`, [inputs, units], std),
          ...(bias ? [constant(`${name}.bias`, units, 0, true)] : []),
        ];
      }
      case 'batchNorm':
        return batchNormParameters(node.name, node.inputs);
      case 'residual':
        return [...parametersOf(node.body), ...(node.shortcut ? parametersOf([node.shortcut]) : [])];
      case 'concat':
        return node.branches.flatMap(parametersOf);
      default:
        return [];
    }
  });
}

const normal = (name: string, shape: number[], std: number): ParameterDeclaration => ({
  ...{ name, shape, trainable: true, initial: { std } },
});

const constant = (name: string, size: number, value: number, trainable: boolean): ParameterDeclaration => ({
  ...{ name, shape: [size], trainable, initial: { constant: value } },
});

const batchNormParameters = (name: string, channels: number): ParameterDeclaration[] => [
  constant(`${name}.scale`, channels, 1, true),
  constant(`${name}.offset`, channels, 0, true),
  constant(`${name}.mean`, channels, 0, false),
  constant(`${name}.variance`, channels, 1, false),
];
