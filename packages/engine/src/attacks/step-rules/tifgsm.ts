import { tf } from '../../backend/tf.js';
import { type MifgsmRule, mifgsmRule } from './mifgsm.js';
import type { Ascent, StepRule } from './step-rule.js';

export interface TifgsmRule extends MifgsmRule {
  /** Side of the Gaussian in pixels, odd; it spans three standard deviations either way. */
  kernelSize: number;
}

/**
 * The gradient smoothed by a Gaussian, which stands for its mean over shifted images, then steps as MI-FGSM's, L∞ (Dong et al.
 * 2019, eq. 7 and 8). Beyond the border the gradient is 0.
 */
export const tifgsmRule = (set: Ascent, { kernelSize, ...params }: TifgsmRule): StepRule =>
  mifgsmRule(set, params, (gradient) => {
    const channels = gradient.shape[3];
    const filter = tf.tensor4d(gaussianKernel(kernelSize), [kernelSize, kernelSize, 1, 1]);
    return tf.depthwiseConv2d(gradient, filter.tile<tf.Tensor4D>([1, 1, channels, 1]), 1, 'same');
  });

/** Row-major, of sum 1: densities of a normal distribution at `size` points from -3 to 3 standard deviations. */
export function gaussianKernel(size: number): Float32Array {
  const densities = Array.from({ length: size }, (_, i) =>
    Math.exp(-((size === 1 ? 0 : (6 * i) / (size - 1) - 3) ** 2) / 2),
  );
  const total = densities.reduce((sum, each) => sum + each, 0);
  return Float32Array.from(densities.flatMap((a) => densities.map((b) => (a * b) / total ** 2)));
}
