import type { tf } from '../backend/tf.js';

/**
 * Delta(x) of the paper: the images an adversary may move x to. A ball of radius `epsilon` around x, in [0,1] pixel
 * units, intersected with the box [0,1]. Tensors are float32 [n,h,w,c]; each example is treated by itself.
 */
export interface PerturbationSet {
  readonly kind: 'l2' | 'linf';
  readonly epsilon: number;
  /**
   * The point of the set around `center` (itself in [0,1]) that x is moved to: onto the ball, then into the box, which
   * never leaves the ball. By the rounding of float32 it lies inside, never outside (rounding.ts).
   */
  project(x: tf.Tensor4D, center: tf.Tensor4D): tf.Tensor4D;
  /** The perturbation, moved onto the ball around 0, likewise; no box, which is about images. */
  projectPerturbation(delta: tf.Tensor4D): tf.Tensor4D;
  /** The step of norm `stepSize` along which a function with this gradient rises most; zero where the gradient is zero. */
  steepestStep(gradient: tf.Tensor4D, stepSize: number): tf.Tensor4D;
  /** Uniform over the ball around `center`, then moved into the box. `seed` is int32 [2]. */
  randomPoint(center: tf.Tensor4D, seed: tf.Tensor1D): tf.Tensor4D;
  /** The norm of each example's perturbation, [n]. */
  norm(delta: tf.Tensor4D): tf.Tensor1D;
}
