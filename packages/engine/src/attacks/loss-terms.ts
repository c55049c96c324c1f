import { tf } from '../backend/tf.js';
import { logOddsAgainst } from '../ops/log-odds.js';

/** A part of what an attack makes as large as it can: `coefficient` · cross-entropy(logits, labels) of each example. */
export interface LossTerm {
  logits: tf.Tensor2D;
  labels: tf.Tensor1D;
  coefficient: number;
}

/** A function whose gradient has the direction of the terms' weighted sum's, example by example, and does not vanish. */
export function ascentFunction(terms: LossTerm[]): tf.Scalar {
  const logOdds = terms.map(({ logits, labels }) => logOddsAgainst(logits, labels));
  const coefficients = terms.map(({ coefficient }) => coefficient);
  const [first, ...others] = logOdds as [tf.Tensor1D, ...tf.Tensor1D[]];
  if (others.length === 0) return first.mul(coefficients[0] as number).sum();
  return sumOfLosses(tf.stack(logOdds) as tf.Tensor2D, coefficients);
}

/**
 * The gradient of Σ_k coefficient_k · cross-entropy_k is Σ_k coefficient_k · sigmoid(logOdds_k) · ∇logOdds_k. Here the
 * largest of each column's sigmoids is taken out as a common factor, so that the others keep their ratio to it.
 * @param logOdds [terms, n]
 * @returns a scalar for its gradient; its own value means nothing
 */
export function sumOfLosses(logOdds: tf.Tensor2D, coefficients: number[]): tf.Scalar {
  const op = tf.customGrad((given, save) => {
    const share = tf.softplus((given as tf.Tensor).neg()).neg(); // log sigmoid
    const weights = share
      .sub(share.max(0, true))
      .exp()
      .mul(tf.tensor2d(coefficients, [coefficients.length, 1]));
    (save as tf.GradSaveFunc)([weights]);
    return {
      value: (given as tf.Tensor).sum(),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => (saved[0] as tf.Tensor).mul(dy),
    };
  });
  return op(logOdds) as tf.Scalar;
}

/**
 * What ranks two candidates, [n]. One term alone is compared by its log-odds, which rise with the loss
 * and still differ where losses are rounded to 0.
 */
export function objectiveValues(terms: LossTerm[]): tf.Tensor1D {
  const single = terms.length === 1;
  return tf.addN(
    terms.map(({ logits, labels, coefficient }) => {
      const logOdds = logOddsAgainst(logits, labels);
      return (single ? logOdds : tf.softplus(logOdds)).mul<tf.Tensor1D>(coefficient);
    }),
  );
}
