import type { tf } from '../backend/tf.js';
import type { PerturbationSet } from '../perturbation-sets/perturbation-set.js';

/** Where an attack is before a step; float32 [n,h,w,c]. */
export interface StepPoint {
  x: tf.Tensor4D;
  /** Of the objective at x, by example; zero where it was not finite. */
  gradient: tf.Tensor4D;
  /** The objective at x, [n], in loops that keep the best iterate. */
  values: tf.Tensor1D | null;
}

/** How an attack moves. Its own state (a momentum, step sizes) goes from step to step as tensors. */
export interface StepRule {
  /** The state before the first step; new tensors. */
  start(x: tf.Tensor4D): tf.Tensor[];
  /** The next x, which may lie outside the perturbation set. To be called within a traced step. */
  move(at: StepPoint, state: tf.Tensor[]): { x: tf.Tensor4D; state: tf.Tensor[] };
}

/** PGD's: steps of one length along which the objective rises most in the set's norm (Madry et al. 2018). */
export const steepestAscent = (
  { steepestStep }: Pick<PerturbationSet, 'steepestStep'>,
  stepSize: number,
): StepRule => ({
  start: () => [],
  move: ({ x, gradient }) => ({ x: x.add(steepestStep(gradient, stepSize)), state: [] }),
});
