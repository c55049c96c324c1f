import type { tf } from '../backend/tf.js';
import { randomUniform } from '../random/stateless.js';
import type { PerturbationSet } from './perturbation-set.js';
import { linfRadius } from './rounding.js';

/** The cube: every pixel and channel moves by at most epsilon. */
export function linf(epsilon: number): PerturbationSet {
  const radius = linfRadius(epsilon);
  const projectPerturbation = (delta: tf.Tensor4D) => delta.clipByValue(-radius, radius) as tf.Tensor4D;
  const project = (x: tf.Tensor4D, center: tf.Tensor4D) =>
    center.add(projectPerturbation(x.sub(center))).clipByValue(0, 1) as tf.Tensor4D;
  return {
    kind: 'linf',
    epsilon,
    project,
    projectPerturbation,
    steepestStep: (gradient, stepSize) => gradient.sign().mul(stepSize),
    randomPoint: (center, seed) =>
      project(center.add(randomUniform(center.shape, seed).mul(2).sub(1).mul(epsilon)), center),
    norm: (delta) => delta.abs().max([1, 2, 3]),
  };
}
