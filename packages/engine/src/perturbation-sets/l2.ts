import { tf } from '../backend/tf.js';
import { randomNormal, randomUniform, subSeed } from '../random/stateless.js';
import type { PerturbationSet } from './perturbation-set.js';

/** Below this a length counts as zero; its square is still a normal float32. */
const tiny = 1e-18;

/** The Euclidean ball: sqrt(sum of delta^2 over all pixels and channels) <= epsilon. */
export function l2(epsilon: number): PerturbationSet {
  const projectPerturbation = (delta: tf.Tensor4D) => {
    const shrink = tf.minimum(tf.div(epsilon, tf.maximum(lengths(delta), tiny)), 1);
    return delta.mul<tf.Tensor4D>(shrink);
  };
  return {
    kind: 'l2',
    epsilon,
    project: (x, center) => center.add(projectPerturbation(x.sub(center))).clipByValue(0, 1) as tf.Tensor4D,
    projectPerturbation,
    steepestStep: (gradient, stepSize) =>
      gradient.mul(tf.div(stepSize, tf.maximum(lengths(gradient), tiny))) as tf.Tensor4D,
    randomPoint: (center, seed) => {
      const [n, ...image] = center.shape as [number, number, number, number];
      const direction = randomNormal(center.shape, seed) as tf.Tensor4D;
      // A radius with density r^(d-1) makes the point uniform over the ball.
      const radius = randomUniform([n, 1, 1, 1], subSeed(seed, 1))
        .pow(1 / tf.util.sizeFromShape(image))
        .mul(epsilon);
      const delta = direction.mul(radius.div(tf.maximum(lengths(direction), tiny)));
      return center.add(delta).clipByValue(0, 1) as tf.Tensor4D;
    },
    norm: (delta) => lengths(delta).flatten(),
  };
}

/** [n,h,w,c] -> [n,1,1,1] */
function lengths(x: tf.Tensor4D): tf.Tensor4D {
  return x.square().sum<tf.Tensor4D>([1, 2, 3], true).sqrt();
}
