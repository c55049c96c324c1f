import { tf } from '../backend/tf.js';

/** The steps at which an example's gradient was zero, or not finite: it stayed where it was. One count an example. */
export interface GradientCounts {
  zeroGradients: Int32Array;
  nonFiniteGradients: Int32Array;
}

/** Smaller ones are not normal float32 numbers, and TensorFlow may take them for 0. */
const smallest = 2 ** -126;

/**
 * The gradient, zero for an example where it is not finite; and what to add to the counts, float32 [2,n].
 * To be called within a traced step.
 */
export function checkedGradient(gradient: tf.Tensor4D): { gradient: tf.Tensor4D; counts: tf.Tensor2D } {
  const finite = gradient.isFinite().all([1, 2, 3]);
  const usable = tf.where(finite.reshape([-1, 1, 1, 1]), gradient, tf.zerosLike(gradient)) as tf.Tensor4D;
  const zero = usable.abs().max([1, 2, 3]).less(smallest).logicalAnd(finite);
  return {
    gradient: usable,
    counts: tf.stack([zero.toFloat(), finite.logicalNot().toFloat()]) as tf.Tensor2D,
  };
}

/** For steps that take none: nothing is counted. */
export const noGradient = (x: tf.Tensor4D) => ({ gradient: tf.zerosLike(x), counts: noCounts(x.shape[0]) });

export const noCounts = (n: number): tf.Tensor2D => tf.zeros([2, n]);

export function readCounts(counts: tf.Tensor2D): GradientCounts {
  const [n, values] = [counts.shape[1], Int32Array.from(counts.dataSync())];
  return { zeroGradients: values.slice(0, n), nonFiniteGradients: values.slice(n) };
}

/** Over several runs of the same examples. */
export function sumOfCounts(runs: readonly GradientCounts[]): GradientCounts {
  const sum = (of: (run: GradientCounts) => Int32Array) =>
    runs.map(of).reduce((total, counts) => total.map((n, i) => n + (counts[i] as number)));
  return {
    zeroGradients: sum(({ zeroGradients }) => zeroGradients),
    nonFiniteGradients: sum(({ nonFiniteGradients }) => nonFiniteGradients),
  };
}
