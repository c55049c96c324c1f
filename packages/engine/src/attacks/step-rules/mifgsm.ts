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
 * Steps of one length along the steepest ascent of g(t+1) = decay · g(t) + ∇(t) / ‖∇(t)‖₁, by example (Dong et al. 2018,
 * eq. 6 to 8). A gradient of zero adds nothing to the sum.
 */
export const mifgsmRule = ({ steepestStep }: Ascent, { stepSize, decay }: MifgsmRule): StepRule => ({
  start: (x) => [tf.zerosLike(x)],
  move: ({ x, gradient }, [sum]) => {
    const next = (sum as tf.Tensor4D).mul(decay).add(ofLengthOne(gradient)) as tf.Tensor4D;
    return { x: x.add(steepestStep(next, stepSize)), state: [next] };
  },
});

/** In L1. The largest component becomes 1 first, since a sum of the largest float32 numbers is infinite. */
function ofLengthOne(gradient: tf.Tensor4D): tf.Tensor4D {
  const scaled = gradient.div(tf.maximum(gradient.abs().max([1, 2, 3], true), smallest));
  return scaled.div(tf.maximum(scaled.abs().sum([1, 2, 3], true), 1));
}
