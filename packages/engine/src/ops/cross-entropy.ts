import { attribute, executeOp, hasNativeOps } from '../backend/native-ops.js';
import { tf } from '../backend/tf.js';

/**
 * Cross-entropy of each example, in nats; differentiable in the logits.
 * @param logits float32 [n, classes]
 * @param labels int32 [n], each in 0..classes-1
 * @param labelSmoothing share of the target probability spread evenly over all classes, in [0,1]
 * @returns float32 [n]
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, labelSmoothing = 0): tf.Tensor1D {
  const sharp = hasNativeOps() ? fastCrossEntropy(logits, labels) : plainCrossEntropy(logits, labels);
  if (labelSmoothing === 0) return sharp;
  const uniform = tf.logSumExp(logits, 1).sub(logits.mean(1));
  return sharp.mul(1 - labelSmoothing).add(uniform.mul(labelSmoothing));
}

function fastCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const op = tf.customGrad((logits, save) => {
    const [loss, gradient] = executeOp(
      'SparseSoftmaxCrossEntropyWithLogits',
      [attribute.type('T', 'float32'), attribute.type('Tlabels', 'int32')],
      [logits as tf.Tensor, labels],
      2,
    ) as [tf.Tensor, tf.Tensor];
    (save as tf.GradSaveFunc)([gradient]);
    return {
      value: loss,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => (saved[0] as tf.Tensor).mul(dy.expandDims(1)),
    };
  });
  return op(logits) as tf.Tensor1D;
}

function plainCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const classes = logits.shape[1];
  return tf.logSoftmax(logits).mul(tf.oneHot(labels, classes)).sum<tf.Tensor1D>(1).neg();
}
