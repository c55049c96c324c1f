import { z } from 'zod';
import { defineKind } from '../kind.js';
import { accuracy, attackParams, count, fraction, splits } from '../values.js';

/**
 * Accuracy of a model on a data set, and on adversarial examples of that data set if given: robust accuracy when
 * they were crafted against this very model, transfer otherwise. Part `predictions`: int32 `clean`, and `adversarial`
 * where there are any, in the order of the inputs.
 */
export const evaluate = defineKind({
  version: 1,
  resource: 'gpu',
  params: z.strictObject({ batchSize: count }),
  inputs: {
    evaluatedModel: { artifact: 'model', arity: 'one' },
    dataset: { artifact: 'dataset', arity: 'one' },
    adversarialExamples: { artifact: 'adversarialExamples', arity: 'many' },
  },
  output: 'evaluation',
  result: z.strictObject({
    trainedOn: z.string(),
    evaluatedOn: z.string(),
    split: z.enum(splits),
    clean: accuracy,
    /** Accuracy by true class, in class order. */
    perClassAccuracy: z.array(fraction),
    adversarial: z
      .strictObject({
        attack: attackParams,
        /** Whether the examples were crafted against this very model. */
        whiteBox: z.boolean(),
        robust: accuracy,
        /** Fraction classified as the attack intended. */
        attackSuccessRate: fraction,
        maxNorm: z.number(),
      })
      .nullable(),
  }),
  maxAttempts: 5,
});
