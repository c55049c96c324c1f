import { attribute, executeOp, hasNativeOps } from '../backend/native-ops.js';
import { tf } from '../backend/tf.js';

/**
 * max(x, 0). The gradient is TensorFlow's ReluGrad: tfjs builds it from `step`, which costs several passes over memory.
 * @param x float32, any shape
 */
export function relu<T extends tf.Tensor>(x: T): T {
  if (!hasNativeOps()) return tf.relu(x);
  return fastRelu(x) as T;
}

const fastRelu = tf.customGrad((x, save) => {
  const y = tf.relu(x as tf.Tensor);
  (save as tf.GradSaveFunc)([y]);
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
      executeOp('ReluGrad', [attribute.type('T', 'float32')], [dy, saved[0] as tf.Tensor], 1)[0] as tf.Tensor,
  };
});
