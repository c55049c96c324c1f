import { z } from 'zod';
import { attackParams } from '../../attacks.js';
import { defineJob } from '../../definitions/job-definition.js';
import { accuracy, attackEffect, attackSuccess, count, groupAccuracy, splits } from '../../values.js';

/**
 * Accuracy of a model on a data set, and on adversarial examples of that data set if given: robust accuracy when
 * they were made against this very model, transfer otherwise. Part `predictions`: int32 `clean`, and `adversarial`
 * where there are any, in the order of the inputs.
 */
export const evaluateJob = defineJob({
  kind: 'evaluate',
  version: 2,
  resource: 'tensor',
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
    /** Clean accuracy by true class, in class order. */
    perClassAccuracy: z.array(groupAccuracy),
    adversarial: z
      .strictObject({
        attack: attackParams,
        /** Key of the job that trained the model that the examples were made against. */
        sourceModel: z.string(),
        /** Whether that job trained the evaluated model. */
        whiteBox: z.boolean(),
        /** Of the very images that were attacked, before the attack. */
        clean: accuracy,
        /** Right on the image and on the adversarial example made of it: never above `clean`. */
        robust: accuracy,
        attackSuccess,
        ...attackEffect,
      })
      .nullable(),
  }),
  maxAttempts: 5,
});
