import { tf } from '../backend/tf.js';
import { randomNormal, randomUniform, subSeed } from '../random/stateless.js';
import type { PerturbationSet } from './perturbation-set.js';
import { l2Radius } from './rounding.js';

/** Below this a length counts as zero; its square is still a normal float32. */
const tiny = 1e-18;
/** The smallest normal float32. */
const smallest = 2 ** -126;

/** The Euclidean ball: sqrt(sum of delta^2 over all pixels and channels) <= epsilon. */
export function l2(epsilon: number): PerturbationSet {
  const projectPerturbation = (delta: tf.Tensor4D) => {
    const radius = l2Radius(epsilon, dimensions(delta));
    const shrink = tf.minimum(tf.div(radius, tf.maximum(lengths(delta), tiny)), 1);
    return delta.mul<tf.Tensor4D>(shrink);
  };
  const project = (x: tf.Tensor4D, center: tf.Tensor4D) =>
    center.add(projectPerturbation(x.sub(center))).clipByValue(0, 1) as tf.Tensor4D;
  return {
    kind: 'l2',
    epsilon,
    project,
    projectPerturbation,
    steepestStep: (gradient, stepSize) => {
      // Squares of a small gradient would be rounded to 0, so its largest component becomes 1 first.
      const direction = gradient.div(
        tf.maximum(gradient.abs().max([1, 2, 3], true), smallest),
      ) as tf.Tensor4D;
      return direction.mul(tf.div(stepSize, tf.maximum(lengths(direction), 1))) as tf.Tensor4D;
    },
    randomPoint: (center, seed) => {
      const direction = randomNormal(center.shape, seed) as tf.Tensor4D;
      // A radius with density r^(d-1) makes the point uniform over the ball.
      const radius = randomUniform([center.shape[0], 1, 1, 1], subSeed(seed, 1))
        .pow(1 / dimensions(center))
        .mul(epsilon);
      return project(center.add(direction.mul(radius.div(tf.maximum(lengths(direction), tiny)))), center);
    },
    norm: (delta) => lengths(delta).flatten(),
  };
}

const dimensions = ({ shape: [, ...image] }: tf.Tensor4D) => tf.util.sizeFromShape(image);

/** [n,h,w,c] -> [n,1,1,1] */
function lengths(x: tf.Tensor4D): tf.Tensor4D {
  return x.square().sum<tf.Tensor4D>([1, 2, 3], true).sqrt();
}
