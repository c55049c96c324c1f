import type { LinearNode } from '@toogit/networks';
import { tf } from '../backend/tf.js';
import { batchNormEpsilon } from '../ops/batch-norm.js';
import { convolution, type LinearMaps } from './forward.js';

/** A linear map with all that is constant in evaluation gathered into it; the kernel of a lone batch norm is one factor a channel. */
export interface FoldedParameters {
  kernel: tf.Tensor;
  bias: tf.Tensor | null;
}

export type Parameter = (name: string) => tf.Tensor;

/**
 * Batch norm in evaluation is linear, so it goes into the convolution before it:
 * (conv(x, k) + b - mean) * s + offset = conv(x, k * s) + (offset - (mean - b) * s) with s = scale / sqrt(variance + epsilon).
 */
export function fold(node: LinearNode, parameter: Parameter): FoldedParameters {
  const of = (suffix: string) => parameter(`${node.name}.${suffix}`);
  const normalised = node.kind === 'batchNorm' || (node.kind === 'conv' && node.batchNorm);
  if (!normalised) return { kernel: of('kernel'), bias: node.bias ? of('bias') : null };
  const scale = of('scale').mul(of('variance').add(batchNormEpsilon).rsqrt());
  if (node.kind === 'batchNorm') return { kernel: scale, bias: of('offset').sub(of('mean').mul(scale)) };
  const mean = node.bias ? of('mean').sub(of('bias')) : of('mean');
  return { kernel: of('kernel').mul(scale), bias: of('offset').sub(mean.mul(scale)) };
}

export function foldedMaps(folded: (node: LinearNode) => FoldedParameters): LinearMaps {
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
    normalise: (node, x) => {
      const { kernel, bias } = folded(node);
      return add(tf.mul(x, kernel), bias);
    },
  };
}
