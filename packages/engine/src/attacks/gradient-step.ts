import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import type { Classifier } from '../models/model.js';
import { augment } from '../ops/augment.js';
import { crossEntropy } from '../ops/cross-entropy.js';
import type { PerturbationSet } from '../perturbation-sets/perturbation-set.js';
import { seedTensor, subSeed } from '../random/stateless.js';
import type { PgdParams } from './pgd.js';

/** What the attack makes as large as it can, per example: the loss, or its negative where it has a target. */
export function objectives(logits: tf.Tensor2D, labels: tf.Tensor1D, targeted: boolean): tf.Tensor1D {
  const loss = crossEntropy(logits, labels);
  return targeted ? loss.neg() : loss;
}

/** (x, center, labels, seed) -> the next x. */
export type GradientStep = TracedFunction<tf.Tensor4D, [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, tf.Tensor1D]>;

/** One step up the gradient and back into the perturbation set, for batches of x's shape, as one TensorFlow function. */
export function traceGradientStep(
  classifier: Classifier,
  set: PerturbationSet,
  { targeted, stepSize, gradientSamples, precision = 'float32' }: PgdParams,
  x: tf.Tensor4D,
  labels: tf.Tensor1D,
): GradientStep {
  // A sum over examples, not a mean: an example's gradient must not depend on the size of its batch.
  const total = (x: tf.Tensor4D, labels: tf.Tensor1D) =>
    objectives(classifier.forward(x), labels, targeted).sum();
  const gradient = (x: tf.Tensor4D, labels: tf.Tensor1D, seed: tf.Tensor1D) =>
    tf.grad((z) => {
      const image = z as tf.Tensor4D;
      if (gradientSamples === 1) return total(image, labels);
      return tf.addN(copies(image, seed, gradientSamples).map((copy) => total(copy, labels)));
    })(x) as tf.Tensor4D;

  const seed = seedTensor([0, 0]);
  const step = traceFunction(
    (x: tf.Tensor4D, center: tf.Tensor4D, labels: tf.Tensor1D, seed: tf.Tensor1D) =>
      set.project(x.add(set.steepestStep(gradient(x, labels, seed), stepSize)), center),
    [x, x, labels, seed],
    { variables: classifier.variables, precision },
  );
  seed.dispose();
  return step;
}

/** Flipped and cropped copies of a batch, each copy with draws of its own. */
function copies(x: tf.Tensor4D, seed: tf.Tensor1D, count: number): tf.Tensor4D[] {
  return Array.from({ length: count }, (_, copy) => augment(x, subSeed(seed, 16 * copy)));
}
