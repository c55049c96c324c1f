import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import { type Augmentation, augment } from '../ops/augment.js';
import { differenceOfLogitsRatio } from '../ops/difference-of-logits-ratio.js';
import { logOddsAgainst } from '../ops/log-odds.js';
import { subSeed } from '../random/stateless.js';
import type { Evaluation } from './attack-loop.js';
import type { AttackParams } from './attack-params.js';
import { ascentFunction, type LossTerm } from './loss-terms.js';
import type { StepRule } from './step-rules/step-rule.js';

/** Which loss an attack makes as large as it can. */
export interface AttackObjective {
  classifier: Classifier;
  /** Toward the labels given, or away from them. */
  targeted: boolean;
  nonTransferModels: readonly Classifier[];
}

/**
 * The loss at the labels, or its negative where they are targets. Non-transfer models take their mean loss at
 * the original labels from it (Nakkiran, "Adversarial Examples are Just Bugs, Too", Distill 2019).
 */
export function attackTerms(
  { classifier, targeted, nonTransferModels }: AttackObjective,
  x: tf.Tensor4D,
  labels: tf.Tensor1D,
  original?: tf.Tensor1D,
): LossTerm[] {
  const goal = { logits: classifier.forward(x), labels, coefficient: targeted ? -1 : 1 };
  if (!original) return [goal];
  const coefficient = -1 / nonTransferModels.length;
  const kept = nonTransferModels.map((model) => ({
    logits: model.forward(x),
    labels: original,
    coefficient,
  }));
  return [goal, ...kept];
}

export const variablesOf = ({ classifier, nonTransferModels }: AttackObjective): tf.Variable[] =>
  [classifier, ...nonTransferModels].flatMap((each) => each.variables);

/** Beyond the seeds that an augmented copy draws from. */
const viewSeed = 8;

/** Its gradient at x, or at what the rule gives the model of x: (x, labels, seed, and original labels where there are non-transfer models). */
export const attackGradient =
  (
    objective: AttackObjective,
    { gradientSamples, gradientAugmentation = 'flip-crop' }: AttackParams,
    view: StepRule['view'] = (x) => x,
  ): ((x: tf.Tensor4D, labels: tf.Tensor1D, seed: tf.Tensor1D, original?: tf.Tensor1D) => tf.Tensor4D) =>
  (x, labels, seed, original) =>
    tf.grad((z) => {
      const images =
        gradientSamples === 1
          ? [z as tf.Tensor4D]
          : copies(z as tf.Tensor4D, seed, gradientSamples, gradientAugmentation);
      // A sum over examples, not a mean: an example's gradient must not depend on the size of its batch.
      const views = images.map((image, copy) => view(image, subSeed(seed, 16 * copy + viewSeed)));
      return ascentFunction(views.flatMap((image) => attackTerms(objective, image, labels, original)));
    })(x) as tf.Tensor4D;

/**
 * What rules that compare iterates follow: the values [n] of their loss, its gradient but of the margin, and whether x succeeds.
 * Log-odds stand for the cross-entropy: their order and direction are the same, and they do not vanish.
 */
export const attackEvaluation =
  ({ classifier, targeted }: AttackObjective, loss: NonNullable<StepRule['loss']>) =>
  (x: tf.Tensor4D, labels: tf.Tensor1D): Required<Omit<Evaluation, 'gradient'>> & Evaluation => {
    const successOf = (margins: tf.Tensor) =>
      (targeted ? margins.less(0) : margins.greater(0)) as tf.Tensor1D;
    if (loss === 'margin') {
      const margins = margin(classifier.forward(x), labels);
      return { values: margins.mul(targeted ? -1 : 1), success: successOf(margins) };
    }
    const lossOf = loss === 'ce' ? logOddsAgainst : differenceOfLogitsRatio;
    // A second row that gets no gradient carries the margin out of the same forward pass.
    const both = (z: tf.Tensor) => {
      const logits = classifier.forward(z as tf.Tensor4D);
      return tf.stack([lossOf(logits, labels).mul(targeted ? -1 : 1), margin(logits, labels)]);
    };
    const n = x.shape[0];
    const { value, grad } = tf.valueAndGrad(both)(x, tf.stack([tf.ones([n]), tf.zeros([n])]));
    const [values, margins] = tf.unstack(value) as [tf.Tensor1D, tf.Tensor1D];
    return { gradient: grad as tf.Tensor4D, values, success: successOf(margins) };
  };

/** The largest other logit less the label's own, [n]. */
function margin(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const own = tf.oneHot(labels, logits.shape[1], 1, 0, 'float32');
  const others = tf.where(own.toBool(), tf.fill(logits.shape, Number.NEGATIVE_INFINITY), logits);
  return others.max<tf.Tensor1D>(1).sub(logits.mul(own).sum(1));
}

/** Augmented copies of a batch, each copy with draws of its own. */
function copies(x: tf.Tensor4D, seed: tf.Tensor1D, count: number, augmentation: Augmentation): tf.Tensor4D[] {
  return Array.from({ length: count }, (_, copy) => augment(x, subSeed(seed, 16 * copy), augmentation));
}
