import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import type { Classifier } from '../models/model.js';
import { augment } from '../ops/augment.js';
import { crossEntropy } from '../ops/cross-entropy.js';
import type { PerturbationSet } from '../perturbation-sets/perturbation-set.js';
import { seedTensor, subSeed } from '../random/stateless.js';
import type { PgdParams } from './pgd.js';
import { unmoved } from './unmoved-models.js';

/** What the attack makes as large as it can, per example: the loss, or its negative where it has a target. */
export function objectives(logits: tf.Tensor2D, labels: tf.Tensor1D, targeted: boolean): tf.Tensor1D {
  const loss = crossEntropy(logits, labels);
  return targeted ? loss.neg() : loss;
}

/** (x, center, labels, seed, and original labels where models must stay unmoved) -> the next x. */
export type GradientStep = TracedFunction<
  tf.Tensor4D,
  [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, ...tf.Tensor1D[]]
>;

/** One step up the gradient and back into the perturbation set, for batches of x's shape, as one TensorFlow function. */
export function traceGradientStep(
  classifier: Classifier,
  set: PerturbationSet,
  { targeted, stepSize, gradientSamples, precision = 'float32' }: PgdParams,
  x: tf.Tensor4D,
  labels: tf.Tensor1D,
  unmovedModels: readonly Classifier[] = [],
): GradientStep {
  // A sum over examples, not a mean: an example's gradient must not depend on the size of its batch.
  const total = (x: tf.Tensor4D, labels: tf.Tensor1D, original?: tf.Tensor1D) => {
    const goal = objectives(classifier.forward(x), labels, targeted);
    return (original ? goal.sub(unmoved(unmovedModels, x, original).loss) : goal).sum();
  };
  const gradient = (x: tf.Tensor4D, labels: tf.Tensor1D, seed: tf.Tensor1D, original?: tf.Tensor1D) =>
    tf.grad((z) => {
      const image = z as tf.Tensor4D;
      if (gradientSamples === 1) return total(image, labels, original);
      return tf.addN(copies(image, seed, gradientSamples).map((copy) => total(copy, labels, original)));
    })(x) as tf.Tensor4D;

  const seed = seedTensor([0, 0]);
  const step = traceFunction(
    (
      x: tf.Tensor4D,
      center: tf.Tensor4D,
      labels: tf.Tensor1D,
      seed: tf.Tensor1D,
      ...[original]: tf.Tensor1D[]
    ) => set.project(x.add(set.steepestStep(gradient(x, labels, seed, original), stepSize)), center),
    [x, x, labels, seed, ...(unmovedModels.length > 0 ? [labels] : [])],
    { variables: variablesOf(classifier, unmovedModels), precision },
  );
  seed.dispose();
  return step;
}

export const variablesOf = (classifier: Classifier, unmovedModels: readonly Classifier[]): tf.Variable[] =>
  [classifier, ...unmovedModels].flatMap((each) => each.variables);

/** Flipped and cropped copies of a batch, each copy with draws of its own. */
function copies(x: tf.Tensor4D, seed: tf.Tensor1D, count: number): tf.Tensor4D[] {
  return Array.from({ length: count }, (_, copy) => augment(x, subSeed(seed, 16 * copy)));
}
