import { attribute, executeOp, hasNativeOps } from '../backend/native-ops.js';
import { tf } from '../backend/tf.js';

/**
 * Rows of a matrix by index, differentiable in the matrix. tfjs's own gather reads the indices back to check them,
 * which a traced function cannot; TensorFlow checks them by itself (on a GPU, rows out of range are zero).
 * @param matrix [rows, columns]
 * @param indices int32 [n]
 * @returns [n, columns]
 */
export function gatherRows(matrix: tf.Tensor2D, indices: tf.Tensor1D): tf.Tensor2D {
  if (!hasNativeOps()) return matrix.gather(indices);
  const gather = tf.customGrad((matrix, save) => {
    (save as tf.GradSaveFunc)([indices]); // kept until the gradient is taken
    const [rows] = (matrix as tf.Tensor2D).shape;
    return {
      value: nativeGather(matrix as tf.Tensor, indices),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.unsortedSegmentSum(dy, saved[0] as tf.Tensor1D, rows),
    };
  });
  return gather(matrix) as tf.Tensor2D;
}

/** Entries of a vector by index. */
export function gatherEntries(vector: tf.Tensor1D, indices: tf.Tensor1D): tf.Tensor1D {
  return hasNativeOps() ? (nativeGather(vector, indices) as tf.Tensor1D) : vector.gather(indices);
}

function nativeGather(params: tf.Tensor, indices: tf.Tensor1D): tf.Tensor {
  return tf.tidy(() => {
    const attributes = [
      attribute.type('Tparams', params.dtype as 'float32' | 'int32'),
      attribute.type('Tindices', 'int32'),
      attribute.type('Taxis', 'int32'),
    ];
    return executeOp('GatherV2', attributes, [params, indices, tf.scalar(0, 'int32')], 1)[0] as tf.Tensor;
  });
}
