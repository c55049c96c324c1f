import { tf } from '../backend/tf.js';

/** As in the authors' code: no division by 0 where the three largest logits are equal. */
const guard = 1e-12;

/**
 * The difference of logits ratio (Croce and Hein 2020, eq. 6): the largest other logit less the label's own, over the largest
 * logit less the third largest. Above 0 where the label is not predicted; the same for logits of any scale and offset.
 * @param logits float32 [n, classes], three classes or more
 * @param labels int32 [n], each in 0..classes-1
 * @returns float32 [n], differentiable in the logits
 */
export function differenceOfLogitsRatio(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const op = tf.customGrad((given, save) => {
    const z = given as tf.Tensor2D;
    const classes = z.shape[1];
    const oneHot = (indices: tf.Tensor) => tf.oneHot(indices.toInt(), classes, 1, 0, 'float32');
    const ranks = tf.topk(z, 3).indices;
    const rank = (k: number) => oneHot(ranks.slice([0, k], [-1, 1]).flatten());
    const [first, second, third, own] = [rank(0), rank(1), rank(2), oneHot(labels)];
    const isFirst = first.mul(own).sum(1, true);
    const other = second.mul(isFirst).add(first.mul(tf.scalar(1).sub(isFirst)));
    const rise = other.sub(own);
    const range = first.sub(third);
    const numerator = z.mul(rise).sum(1, true);
    const denominator = z.mul(range).sum(1, true).add(guard);
    const value = numerator.div(denominator);
    (save as tf.GradSaveFunc)([rise.sub(value.mul(range)).div(denominator)]);
    return {
      value: value.squeeze([1]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => (saved[0] as tf.Tensor).mul(dy.expandDims(1)),
    };
  });
  return op(logits) as tf.Tensor1D;
}
