import type { BatchNormNode, ConvNode, DenseNode, Node, PoolLayer } from '@toogit/networks';
import { tf } from '../backend/tf.js';
import { relu } from '../ops/relu.js';

/** How a layer's parameters act on its input, before the ReLU: where training, evaluation and frozen models differ. */
export interface LinearMaps {
  convolve(node: ConvNode, x: tf.Tensor4D): tf.Tensor4D;
  multiply(node: DenseNode, x: tf.Tensor2D): tf.Tensor2D;
  normalise(node: BatchNormNode, x: tf.Tensor4D): tf.Tensor4D;
}

/** The maps, with every output shown to `observe` before its ReLU, which on some processors turns NaN into 0. */
export function observed(maps: LinearMaps, observe: (y: tf.Tensor) => void): LinearMaps {
  const shown = <T extends tf.Tensor>(y: T): T => {
    observe(y);
    return y;
  };
  return {
    convolve: (node, x) => shown(maps.convolve(node, x)),
    multiply: (node, x) => shown(maps.multiply(node, x)),
    normalise: (node, x) => shown(maps.normalise(node, x)),
  };
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
    case 'batchNorm':
      return active(maps.normalise(node, image));
    case 'concat':
      return tf.concat(
        node.branches.map((branch) => forward(branch, x, maps)),
        3,
      );
    case 'maxPool':
    case 'averagePool':
      return pool(node, image);
    case 'globalPool':
      return node.by === 'max' ? x.max([1, 2]) : x.mean([1, 2]);
    case 'flatten':
      return x.reshape([x.shape[0] as number, -1]);
  }
}

/** TensorFlow's own padding differs from PyTorch's: it is lopsided at stride 2, and an average doesn't count it. */
function pool({ kind, size, stride }: PoolLayer, x: tf.Tensor4D): tf.Tensor4D {
  const margin = size % 2 ? (size - 1) / 2 : 0;
  if (kind === 'maxPool') return tf.maxPool(pad(x, [margin, margin], -Infinity), size, stride, 'valid');
  return tf.avgPool(pad(x, [margin, margin], 0), size, stride, 'valid');
}

/** The convolution alone. At stride 2 the padding is the same on every side, as in PyTorch; TensorFlow's own is lopsided. */
export function convolution({ size, stride }: ConvNode, x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [height, width] = size;
  if (height * width === 1) return tf.conv2d(everyNth(x, stride), kernel, 1, 'same');
  if (stride === 1) return tf.conv2d(x, kernel, 1, 'same');
  return tf.conv2d(pad(x, [(height - 1) / 2, (width - 1) / 2], 0), kernel, stride, 'valid');
}

/**
 * Every nth row and column, for 1×1 convolutions. With AVX-512, oneDNN 3.7 writes beyond its buffers in the kernel gradient
 * of a 1×1 convolution with a stride, fewer than 16 channels and an odd batch, on two threads.
 */
const everyNth = (x: tf.Tensor4D, n: number): tf.Tensor4D => (n === 1 ? x : tf.avgPool(x, 1, n, 'valid'));

function pad(x: tf.Tensor4D, [rows, columns]: readonly [number, number], value: number): tf.Tensor4D {
  if (rows + columns === 0) return x;
  return tf.pad(
    x,
    [
      [0, 0],
      [rows, rows],
      [columns, columns],
      [0, 0],
    ],
    value,
  );
}
