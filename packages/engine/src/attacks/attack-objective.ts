import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import { type Augmentation, augment } from '../ops/augment.js';
import { subSeed } from '../random/stateless.js';
import { ascentFunction, type LossTerm } from './loss-terms.js';
import type { PgdParams } from './pgd-params.js';

/** Which loss an attack makes as large as it can. */
export interface AttackObjective {
  classifier: Classifier;
  /** Toward the labels given, or away from them. */
  targeted: boolean;
  unmovedModels: readonly Classifier[];
}

/**
 * The loss at the labels, or its negative where they are targets. Models that must stay unmoved take their mean loss at
 * the original labels from it (Nakkiran, "Adversarial Examples are Just Bugs, Too", Distill 2019).
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

export const variablesOf = ({ classifier, unmovedModels }: AttackObjective): tf.Variable[] =>
  [classifier, ...unmovedModels].flatMap((each) => each.variables);

/** Its gradient at x: (x, labels, seed, and original labels where models must stay unmoved). */
export const attackGradient =
  (
    objective: AttackObjective,
    { gradientSamples, gradientAugmentation = 'flip-crop' }: PgdParams,
  ): ((x: tf.Tensor4D, labels: tf.Tensor1D, seed: tf.Tensor1D, original?: tf.Tensor1D) => tf.Tensor4D) =>
  (x, labels, seed, original) =>
    tf.grad((z) => {
      const images =
        gradientSamples === 1
          ? [z as tf.Tensor4D]
          : copies(z as tf.Tensor4D, seed, gradientSamples, gradientAugmentation);
      // A sum over examples, not a mean: an example's gradient must not depend on the size of its batch.
      return ascentFunction(images.flatMap((image) => attackTerms(objective, image, labels, original)));
    })(x) as tf.Tensor4D;

/** Augmented copies of a batch, each copy with draws of its own. */
function copies(x: tf.Tensor4D, seed: tf.Tensor1D, count: number, augmentation: Augmentation): tf.Tensor4D[] {
  return Array.from({ length: count }, (_, copy) => augment(x, subSeed(seed, 16 * copy), augmentation));
}
