import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import { crossEntropy } from '../ops/cross-entropy.js';

/**
 * Models that an attack must not fool while it fools its source: perturbations that "are just bugs" of one model
 * (Nakkiran, "Adversarial Examples are Just Bugs, Too", Distill 2019), as they transfer to no other.
 */
export interface Unmoved {
  /** Their cross-entropy at the original labels, mean over the models, [n]. */
  loss: tf.Tensor1D;
  /** Whether all of them still predict the original label, bool [n]. */
  kept: tf.Tensor1D;
}

/** @param models at least one */
export function unmoved(models: readonly Classifier[], x: tf.Tensor4D, originalLabels: tf.Tensor1D): Unmoved {
  const logits = models.map((model) => model.forward(x));
  return {
    loss: tf.addN(logits.map((each) => crossEntropy(each, originalLabels))).div(models.length),
    kept: logits
      .map((each) => each.argMax(1).equal(originalLabels) as tf.Tensor1D)
      .reduce((all, each) => all.logicalAnd(each)),
  };
}
