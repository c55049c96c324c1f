import { tf } from '../../backend/tf.js';
import type { Ascent, StepRule } from './step-rule.js';

export interface MifgsmRule {
  /** Length of a step in the set's norm, in [0,1] pixel units. */
  stepSize: number;
  /** Share of the sum of gradients that stays at each step, at least 0. */
  decay: number;
}

/** The smallest normal float32. */
const smallest = 2 ** -126;

/**
 * Steps of one length along the steepest ascent of g(t+1) = decay · g(t) + ∇(t) / mean|∇(t)|, by example, L2 or L∞ (Dong et al.
 * 2018, eq. 6 to 8; their gradients have length 1 in L1, which leaves the direction as it is). A gradient of zero adds nothing
 * to the sum. `smoothed` changes the gradient first.
 */
export const mifgsmRule = (
  { steepestStep }: Ascent,
  { stepSize, decay }: MifgsmRule,
  smoothed: (gradient: tf.Tensor4D) => tf.Tensor4D = (gradient) => gradient,
): StepRule => ({
  start: (x) => [tf.zerosLike(x)],
  move: ({ x, gradient }, [sum]) => {
    const next = (sum as tf.Tensor4D).mul(decay).add(ofMeanOne(smoothed(gradient))) as tf.Tensor4D;
    return { x: x.add(steepestStep(next, stepSize)), state: [next] };
  },
});

/** Mean magnitude 1. The largest component becomes 1 first, since a sum of the largest float32 numbers is infinite. */
function ofMeanOne(gradient: tf.Tensor4D): tf.Tensor4D {
  const scaled = gradient.div(tf.maximum(gradient.abs().max([1, 2, 3], true), smallest));
  const [, ...image] = gradient.shape;
  const pixels = tf.util.sizeFromShape(image);
  return scaled.div(tf.maximum(scaled.abs().sum([1, 2, 3], true), 1)).mul(pixels);
}
