import { tf } from '../backend/tf.js';
import { relu } from '../ops/relu.js';
import type { ConvNode, DenseNode, Node } from './network.js';

/** How a layer's parameters act on its input, before the ReLU: where training, evaluation and frozen models differ. */
export interface LinearMaps {
  convolve(node: ConvNode, x: tf.Tensor4D): tf.Tensor4D;
  multiply(node: DenseNode, x: tf.Tensor2D): tf.Tensor2D;
}

export function forward(nodes: Node[], x: tf.Tensor, maps: LinearMaps): tf.Tensor {
  return nodes.reduce((input, node) => step(node, input, maps), x);
}

function step(node: Node, x: tf.Tensor, maps: LinearMaps): tf.Tensor {
  const active = <T extends tf.Tensor>(y: T) => ('relu' in node && node.relu ? relu(y) : y);
  const image = x as tf.Tensor4D;
  switch (node.kind) {
    case 'conv':
      return active(maps.convolve(node, image));
    case 'dense':
      return active(maps.multiply(node, x as tf.Tensor2D));
    case 'residual': {
      const kept = node.shortcut ? maps.convolve(node.shortcut, image) : x;
      return active(forward(node.body, x, maps).add(kept));
    }
    case 'maxPool':
      return tf.maxPool(image, 2, 2, 'valid');
    case 'globalPool':
      return node.by === 'max' ? x.max([1, 2]) : x.mean([1, 2]);
    case 'flatten':
      return x.reshape([x.shape[0] as number, -1]);
  }
}

/** The convolution alone. At stride 2 the padding is one pixel on every side, as in PyTorch; TensorFlow's own is lopsided. */
export function convolution({ size, stride }: ConvNode, x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  if (stride === 1 || size === 1) return tf.conv2d(x, kernel, stride, 'same');
  const margin = (size - 1) / 2;
  const around: [number, number] = [margin, margin];
  return tf.conv2d(tf.pad(x, [[0, 0], around, around, [0, 0]]), kernel, stride, 'valid');
}
