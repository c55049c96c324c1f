import type { tf } from '../../backend/tf.js';
import type { PerturbationSet } from '../../perturbation-sets/perturbation-set.js';

/** Where an attack is before a step; float32 [n,h,w,c]. */
export interface StepPoint {
  x: tf.Tensor4D;
  /** Of the objective at x, by example; zero where it was not finite, and for rules that need none. */
  gradient: tf.Tensor4D;
  /** The objective at x, [n], where the rule or the loop compares iterates. */
  values: tf.Tensor1D | null;
  /** Whether the attack succeeds at x, bool [n], where the rule has a `loss`. */
  success: tf.Tensor1D | null;
  /** Into the perturbation set. */
  project(x: tf.Tensor4D): tf.Tensor4D;
  /** int32 [2], another at each step; null in loops without chance. */
  seed: tf.Tensor1D | null;
}

/** How an attack moves. State that it keeps (a momentum, step sizes) goes from step to step as tensors. */
export interface StepRule {
  /** For rules that compare iterates: what `values` are. `ce` and `dlr` come with their gradients, `margin` without. */
  loss?: 'ce' | 'dlr' | 'margin';
  /** The state before the first step; new tensors. */
  start(x: tf.Tensor4D): tf.Tensor[];
  /** Where the gradient is taken, if not at x. Not for loops that keep the best iterate, whose values are those at x. */
  lookAt?(x: tf.Tensor4D, state: tf.Tensor[]): tf.Tensor4D;
  /** What the model is given of x, differentiable, if not x itself. `seed` is int32 [2], another at each step. */
  view?(x: tf.Tensor4D, seed: tf.Tensor1D): tf.Tensor4D;
  /** The next x, which may lie outside the perturbation set. To be called within a traced step. */
  move(at: StepPoint, state: tf.Tensor[]): { x: tf.Tensor4D; state: tf.Tensor[] };
  /** The point that it prefers to the last one, a new tensor. */
  result?(state: tf.Tensor[]): tf.Tensor4D;
}

/** The set's direction of steepest ascent is all that a rule needs of it. */
export type Ascent = Pick<PerturbationSet, 'steepestStep'>;
