import { tf } from '../backend/tf.js';

/**
 * log((1 − p) / p) of each label's softmax probability p: the log-sum-exp of the other logits less the label's own. The
 * cross-entropy is its softplus, so both rise along the same direction; but the cross-entropy's gradient, 1 − p times
 * this one, is rounded off in float32 where p is close to 1, and exactly 0 from log-odds of about −88.
 * @param logits float32 [n, classes], two classes or more
 * @param labels int32 [n], each in 0..classes-1
 * @returns float32 [n], differentiable in the logits
 */
export function logOddsAgainst(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const op = tf.customGrad((given, save) => {
    const z = given as tf.Tensor2D;
    const own = tf.range(0, z.shape[1], 1, 'int32').equal(labels.expandDims(1));
    const others = tf.where(own, tf.fill(z.shape, Number.NEGATIVE_INFINITY), z);
    const largest = others.max(1, true);
    const shares = others.sub(largest).exp();
    const total = shares.sum(1, true);
    (save as tf.GradSaveFunc)([shares.div(total).sub(own.toFloat())]);
    return {
      value: largest
        .add(total.log())
        .squeeze([1])
        .sub(tf.where(own, z, tf.zerosLike(z)).sum(1)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => (saved[0] as tf.Tensor).mul(dy.expandDims(1)),
    };
  });
  return op(logits) as tf.Tensor1D;
}
