import { z } from 'zod';
import { defineJob } from '../../definitions/job-definition.js';
import { block, count, featurePerturbation, splits } from '../../values.js';

/**
 * One block of examples: what each penultimate feature responds to them, and how far PGD on that very feature can move it.
 * Part `responses`, sums over the block's examples, by class where [C,F]: int32 `counts` [C]; float32 `sum` [C,F],
 * `sumSquares` [C,F], `sumLowest` [C,F], `sumHighest` [C,F], `sumLowestSquares` [C,F], `sumHighestSquares` [C,F].
 */
export const featureResponsesJob = defineJob({
  kind: 'feature-responses',
  version: 2,
  resource: 'tensor',
  params: z.strictObject({ perturbation: featurePerturbation, block }),
  inputs: {
    model: { artifact: 'model', arity: 'one' },
    dataset: { artifact: 'dataset', arity: 'one' },
  },
  output: 'featureResponses',
  result: z.strictObject({
    perturbation: featurePerturbation,
    /** Key of the job that trained the model. */
    model: z.string(),
    trainedOn: z.string(),
    evaluatedOn: z.string(),
    split: z.enum(splits),
    block,
    features: count,
    classes: count,
  }),
  maxAttempts: 5,
});
