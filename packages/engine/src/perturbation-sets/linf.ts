import type { tf } from '../backend/tf.js';
import { randomUniform } from '../random/stateless.js';
import type { PerturbationSet } from './perturbation-set.js';

/** The cube: every pixel and channel moves by at most epsilon. */
export function linf(epsilon: number): PerturbationSet {
  const projectPerturbation = (delta: tf.Tensor4D) => delta.clipByValue(-epsilon, epsilon) as tf.Tensor4D;
  return {
    kind: 'linf',
    epsilon,
    project: (x, center) => center.add(projectPerturbation(x.sub(center))).clipByValue(0, 1) as tf.Tensor4D,
    projectPerturbation,
    steepestStep: (gradient, stepSize) => gradient.sign().mul(stepSize),
    randomPoint: (center, seed) =>
      center
        .add(randomUniform(center.shape, seed).mul(2).sub(1).mul(epsilon))
        .clipByValue(0, 1) as tf.Tensor4D,
    norm: (delta) => delta.abs().max([1, 2, 3]),
  };
}
