import { attribute, executeOp, hasNativeOps } from '../backend/native-ops.js';
import { tf } from '../backend/tf.js';

export interface BatchNormInputs {
  /** [n,h,w,c] */
  x: tf.Tensor4D;
  /** [c], as are all below. */
  scale: tf.Tensor;
  offset: tf.Tensor;
  runningMean: tf.Tensor;
  runningVariance: tf.Tensor;
}

export interface BatchNormOutputs {
  y: tf.Tensor4D;
  runningMean: tf.Tensor;
  runningVariance: tf.Tensor;
}

/** Added to the variance, as in PyTorch. */
export const batchNormEpsilon = 1e-5;
/** Share of the new batch in the running statistics, as in PyTorch. */
export const batchNormMomentum = 0.1;

/**
 * Batch normalisation by the batch's own statistics over n, h and w (Ioffe and Szegedy 2015), and the running
 * statistics after this batch (variance unbiased, as in PyTorch). Differentiable in x, scale and offset through y.
 */
export function batchNormTraining(inputs: BatchNormInputs): BatchNormOutputs {
  return hasNativeOps() ? fusedBatchNorm(inputs) : plainBatchNorm(inputs);
}

const shared = [
  attribute.float('epsilon', batchNormEpsilon),
  attribute.string('data_format', 'NHWC'),
  attribute.bool('is_training', true),
  attribute.type('T', 'float32'),
  attribute.type('U', 'float32'),
];

function fusedBatchNorm({
  x,
  scale,
  offset,
  runningMean,
  runningVariance,
}: BatchNormInputs): BatchNormOutputs {
  const attributes = [...shared, attribute.float('exponential_avg_factor', batchNormMomentum)];
  // Run outside customGrad, which can hand back one tensor only.
  const [y, newMean, newVariance, ...reserved] = executeOp(
    'FusedBatchNormV3',
    attributes,
    [x, scale, offset, runningMean, runningVariance],
    6,
  ) as [tf.Tensor4D, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const differentiable = tf.customGrad((x, scale, _offset, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor, scale as tf.Tensor, ...reserved]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        executeOp('FusedBatchNormGradV3', shared, [dy, ...saved], 5).slice(0, 3),
    };
  });
  return {
    y: differentiable(x, scale, offset) as tf.Tensor4D,
    runningMean: newMean,
    runningVariance: newVariance,
  };
}

function plainBatchNorm({
  x,
  scale,
  offset,
  runningMean,
  runningVariance,
}: BatchNormInputs): BatchNormOutputs {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const y = x.sub(mean).mul(variance.add(batchNormEpsilon).rsqrt().mul(scale)).add(offset) as tf.Tensor4D;
  const n = x.size / scale.size;
  const follow = (old: tf.Tensor, now: tf.Tensor) =>
    old.mul(1 - batchNormMomentum).add(now.mul(batchNormMomentum));
  return {
    y,
    runningMean: follow(runningMean, mean),
    runningVariance: follow(runningVariance, variance.mul(n / Math.max(n - 1, 1))),
  };
}
