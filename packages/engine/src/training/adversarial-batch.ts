import { unrolledLoop } from '../attacks/attack-loop.js';
import { pgdRule } from '../attacks/step-rules/pgd.js';
import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import { logOddsAgainst } from '../ops/log-odds.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { subSeed } from '../random/stateless.js';

/** The inner maximisation of robust training (Madry et al. 2018): untargeted PGD on the cross-entropy, along the log-odds. */
export interface AdversarialTraining {
  norm: Norm;
  /** Radius of the perturbation set, in [0,1] pixel units. */
  epsilon: number;
  /** Length of a step in the same norm. */
  stepSize: number;
  steps: number;
  /** Begin at a random point of the perturbation set instead of at the image. */
  randomStart: boolean;
}

/** Draws of the random start; augmentation has those from 0. */
const firstDraw = 16;

/**
 * A batch moved to where the classifier's loss is highest: PGD unrolled, to be called within a traced step.
 * A model is attacked as it evaluates: batch norm uses its running statistics and leaves them alone, as in the
 * robustness library of the paper's authors. No gradient flows through the result.
 * @param x float32 [n,h,w,c] in [0,1]
 * @param labels int32 [n], the true classes
 * @param seed int32 [2]
 * @returns [n,h,w,c], in the perturbation set around x
 */
export function adversarialBatch(
  classifier: Classifier,
  { norm, epsilon, stepSize, steps, randomStart }: AdversarialTraining,
  x: tf.Tensor4D,
  labels: tf.Tensor1D,
  seed: tf.Tensor1D,
): tf.Tensor4D {
  const set = perturbationSets[norm](epsilon);
  const gradientAt = tf.grad((images) =>
    logOddsAgainst(classifier.forward(images as tf.Tensor4D), labels).sum(),
  );
  const step = {
    objective: (images: tf.Tensor4D) => ({ gradient: gradientAt(images) as tf.Tensor4D }),
    rule: pgdRule(set, { stepSize }),
    project: (images: tf.Tensor4D) => set.project(images, x),
  };
  const start = randomStart ? set.randomPoint(x, subSeed(seed, firstDraw)) : x;
  return unrolledLoop(step, start, steps, []);
}
