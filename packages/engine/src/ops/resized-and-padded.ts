import { tf } from '../backend/tf.js';
import { randomUniform, subSeed } from '../random/stateless.js';

export interface ResizedAndPadded {
  /** Smallest side after resizing, as a fraction of the image's, in (0,1]. */
  smallest: number;
  /** That an image is resized at all, in [0,1]. */
  probability: number;
}

/**
 * Each image, by itself and with the given probability, resized (bilinear, corners not aligned) to a side drawn uniformly
 * from floor(smallest · side) to side − 1, and put at a random place of an image of zeros of its old size. Differentiable in
 * the images: two products with matrices of interpolation weights. (Xie et al. 2019, section 3.2)
 * @param images float32 [n,h,w,c]
 * @param seed int32 [2]; draws from the seeds 0 to 3 beyond it
 */
export function resizedAndPadded(
  images: tf.Tensor4D,
  seed: tf.Tensor1D,
  { smallest, probability }: ResizedAndPadded,
): tf.Tensor4D {
  const [n, height, width, channels] = images.shape;
  const isResized = randomUniform([n, 1, 1], subSeed(seed, 0)).less(probability);
  const share = randomUniform([n, 1, 1], subSeed(seed, 1));
  const along = (size: number, index: number) =>
    tf.where(isResized, interpolation(size, smallest, share, subSeed(seed, index)), identity(n, size));
  const rows = along(height, 2).matMul(images.reshape([n, height, width * channels]));
  const turned = rows.reshape([n, height, width, channels]).transpose([0, 2, 1, 3]);
  const columns = along(width, 3).matMul(turned.reshape([n, width, height * channels]));
  return columns.reshape([n, width, height, channels]).transpose([0, 2, 1, 3]);
}

const identity = (n: number, size: number) => tf.eye(size).expandDims(0).tile([n, 1, 1]);

/**
 * [n, size, size]: row i holds the weights of the old pixels in the new pixel i, all 0 in the padding.
 * @param share [n,1,1] in [0,1): how far the new side lies between its bounds
 */
function interpolation(size: number, smallest: number, share: tf.Tensor, seed: tf.Tensor1D): tf.Tensor {
  const least = Math.max(1, Math.floor(smallest * size));
  const side = share
    .mul(Math.max(1, size - least))
    .floor()
    .add(least);
  const before = randomUniform([share.shape[0], 1, 1], seed).mul(tf.scalar(size).sub(side)).floor();
  const position = tf.range(0, size, 1, 'float32').reshape([1, size, 1]).sub(before);
  const isInside = position.greaterEqual(0).logicalAnd(position.less(side));
  const source = position
    .add(0.5)
    .mul(tf.div(size, side))
    .sub(0.5)
    .clipByValue(0, size - 1);
  const old = tf.range(0, size, 1, 'float32').reshape([1, 1, size]);
  const weights = tf.relu(tf.scalar(1).sub(source.sub(old).abs()));
  return weights.mul(isInside.toFloat());
}
