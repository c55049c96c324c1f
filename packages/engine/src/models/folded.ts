import { tf } from '../backend/tf.js';
import { batchNormEpsilon } from '../ops/batch-norm.js';
import { convolution, type LinearMaps } from './forward.js';
import type { ConvNode, DenseNode } from './network.js';

/** A linear map with all that is constant in evaluation gathered into it. */
export interface FoldedParameters {
  kernel: tf.Tensor;
  bias: tf.Tensor | null;
}

export type Parameter = (name: string) => tf.Tensor;

/**
 * Batch norm in evaluation is linear, so it goes into the convolution:
 * (conv(x, k) - mean) * s + offset = conv(x, k * s) + (offset - mean * s) with s = scale / sqrt(variance + epsilon).
 */
export function fold(node: ConvNode | DenseNode, parameter: Parameter): FoldedParameters {
  const of = (suffix: string) => parameter(`${node.name}.${suffix}`);
  if (node.kind === 'dense') return { kernel: of('kernel'), bias: node.bias ? of('bias') : null };
  if (!node.batchNorm) return { kernel: of('kernel'), bias: of('bias') };
  const scale = of('scale').mul(of('variance').add(batchNormEpsilon).rsqrt());
  return { kernel: of('kernel').mul(scale), bias: of('offset').sub(of('mean').mul(scale)) };
}

export function foldedMaps(folded: (node: ConvNode | DenseNode) => FoldedParameters): LinearMaps {
  const add = <T extends tf.Tensor>(y: T, bias: tf.Tensor | null): T => (bias ? tf.add(y, bias) : y);
  return {
    convolve: (node, x) => {
      const { kernel, bias } = folded(node);
      return add(convolution(node, x, kernel as tf.Tensor4D), bias);
    },
    multiply: (node, x) => {
      const { kernel, bias } = folded(node);
      return add(tf.matMul(x, kernel as tf.Tensor2D), bias);
    },
  };
}
