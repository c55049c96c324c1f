import { z } from 'zod';
import { attackParams } from '../../attacks.js';
import { defineJob } from '../../definitions/job-definition.js';
import { attackSuccess, constructions, fraction, inversionParams } from '../../values.js';
import { datasetFacts } from '../dataset/manifest-facts.js';

/**
 * A training set made of other jobs' images, which are shared by digest and not copied: adversarial blocks relabelled
 * with their targets, or inverted blocks with their labels; or a model's mistakes on unperturbed images, which are
 * copied. Columns: int32 `labels`, `originalLabels`, `sourceIndex`; float32 `perturbationNorm` and uint8
 * `attackSucceeded` of adversarial examples; int32 `startIndex` and float32 `representationDistance` of inverted ones.
 */
export const synthesizeJob = defineJob({
  kind: 'synthesize',
  version: 2,
  resource: 'cpu',
  params: z.strictObject({ construction: z.enum(constructions) }),
  inputs: {
    dataset: { artifact: 'dataset', arity: 'one' },
    adversarialExamples: { artifact: 'adversarialExamples', arity: 'many' },
    invertedExamples: { artifact: 'invertedExamples', arity: 'many' },
    /** Whose wrong predictions become labels. */
    evaluation: { artifact: 'evaluation', arity: 'many' },
  },
  output: 'dataset',
  result: z.strictObject({
    ...datasetFacts,
    construction: z.enum(constructions),
    /** Of adversarial examples; null otherwise. */
    attack: attackParams.nullable(),
    attackSuccess,
    maxNorm: z.number().nullable(),
    meanNorm: z.number().nullable(),
    /** Of inverted representations; null otherwise. */
    inversion: inversionParams.nullable().default(null),
    meanDistance: z.number().nullable().default(null),
    /** Fraction whose new label equals the original (about 1/C for d_rand, 0 for d_det and mislabelled, else 1). */
    labelsKept: fraction,
  }),
  maxAttempts: 3,
});
