import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import type { Classifier } from '../models/model.js';
import { type Augmentation, augment } from '../ops/augment.js';
import type { PerturbationSet } from '../perturbation-sets/perturbation-set.js';
import { seedTensor, subSeed } from '../random/stateless.js';
import { checkedGradient, noCounts } from './checked-gradient.js';
import { ascentFunction, type LossTerm } from './loss-terms.js';
import type { PgdParams } from './pgd.js';

/**
 * What an attack makes as large as it can: the loss at the labels, or its negative where they are targets. Models that
 * must stay unmoved take their mean loss at the original labels from it (Nakkiran, "Adversarial Examples are Just Bugs,
 * Too", Distill 2019).
 */
export function attackTerms(
  { classifier, targeted, unmovedModels }: AttackObjective,
  x: tf.Tensor4D,
  labels: tf.Tensor1D,
  original?: tf.Tensor1D,
): LossTerm[] {
  const goal = { logits: classifier.forward(x), labels, coefficient: targeted ? -1 : 1 };
  if (!original) return [goal];
  const coefficient = -1 / unmovedModels.length;
  const kept = unmovedModels.map((model) => ({ logits: model.forward(x), labels: original, coefficient }));
  return [goal, ...kept];
}

export interface AttackObjective {
  classifier: Classifier;
  targeted: boolean;
  unmovedModels: readonly Classifier[];
}

/** (x, counts, center, labels, seed, and original labels where models must stay unmoved) -> the next x and counts. */
export type GradientStep = TracedFunction<
  [tf.Tensor4D, tf.Tensor2D],
  [tf.Tensor4D, tf.Tensor2D, tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, ...tf.Tensor1D[]]
>;

/** One step up the gradient and back into the perturbation set, for batches of x's shape, as one TensorFlow function. */
export function traceGradientStep(
  objective: AttackObjective,
  set: PerturbationSet,
  { stepSize, gradientSamples, gradientAugmentation = 'flip-crop', precision = 'float32' }: PgdParams,
  x: tf.Tensor4D,
  labels: tf.Tensor1D,
): GradientStep {
  const gradient = (x: tf.Tensor4D, labels: tf.Tensor1D, seed: tf.Tensor1D, original?: tf.Tensor1D) =>
    tf.grad((z) => {
      const images =
        gradientSamples === 1
          ? [z as tf.Tensor4D]
          : copies(z as tf.Tensor4D, seed, gradientSamples, gradientAugmentation);
      // A sum over examples, not a mean: an example's gradient must not depend on the size of its batch.
      return ascentFunction(images.flatMap((image) => attackTerms(objective, image, labels, original)));
    })(x) as tf.Tensor4D;

  const [seed, counts] = [seedTensor([0, 0]), noCounts(x.shape[0])];
  const step = traceFunction(
    (
      x: tf.Tensor4D,
      counts: tf.Tensor2D,
      center: tf.Tensor4D,
      labels: tf.Tensor1D,
      seed: tf.Tensor1D,
      ...[original]: tf.Tensor1D[]
    ): [tf.Tensor4D, tf.Tensor2D] => {
      const checked = checkedGradient(gradient(x, labels, seed, original));
      const moved = set.project(x.add(set.steepestStep(checked.gradient, stepSize)), center);
      return [moved, counts.add(checked.counts)];
    },
    [x, counts, x, labels, seed, ...(objective.unmovedModels.length > 0 ? [labels] : [])],
    { variables: variablesOf(objective), precision },
  );
  tf.dispose([seed, counts]);
  return step;
}

export const variablesOf = ({ classifier, unmovedModels }: AttackObjective): tf.Variable[] =>
  [classifier, ...unmovedModels].flatMap((each) => each.variables);

/** Augmented copies of a batch, each copy with draws of its own. */
function copies(x: tf.Tensor4D, seed: tf.Tensor1D, count: number, augmentation: Augmentation): tf.Tensor4D[] {
  return Array.from({ length: count }, (_, copy) => augment(x, subSeed(seed, 16 * copy), augmentation));
}
