import { z } from 'zod';
import { defineKind } from '../kind.js';
import { attackParams, block } from '../values.js';

/**
 * One block of an attack, computed as one batch. Parts: `images` (float32 [b,h,w,c]) and `columns` (int32
 * `originalLabels`, `targetLabels` (the original labels if untargeted), `predictedLabels` by the source model, int32
 * `sourceIndex`, float32 `perturbationNorm`).
 */
export const attack = defineKind({
  version: 1,
  resource: 'gpu',
  params: attackParams.extend({ block }),
  inputs: {
    sourceModel: { artifact: 'model', arity: 'one' },
    dataset: { artifact: 'dataset', arity: 'one' },
    /** Models that must go on seeing the original label: the perturbation is made to transfer to none of them. */
    unmovedModels: { artifact: 'model', arity: 'many' },
  },
  output: 'adversarialExamples',
  result: z.strictObject({
    attack: attackParams,
    /** Digest of the source model's artifact: tells white-box evaluation from transfer. */
    sourceModel: z.string(),
    block,
    succeeded: z.int().min(0),
    meanNorm: z.number(),
    maxNorm: z.number(),
  }),
  maxAttempts: 5,
});
