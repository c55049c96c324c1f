import { z } from 'zod';
import { attackParams } from '../../attacks.js';
import { defineJob } from '../../definitions/job-definition.js';
import { attackEffect, attackSuccess, block } from '../../values.js';

const params = attackParams.extend({ block });
export type AttackJobParams = z.output<typeof params>;

/**
 * One block of an attack, computed as one batch. Parts: `images` (float32 [b,h,w,c]) and `columns` (int32
 * `originalLabels`, `targetLabels` (the original labels if untargeted), `predictedLabels` by the source model, int32
 * `sourceIndex`, float32 `perturbationNorm`).
 */
export const attackJob = defineJob({
  kind: 'attack',
  version: 2,
  resource: 'tensor',
  params,
  inputs: {
    sourceModel: { artifact: 'model', arity: 'one' },
    dataset: { artifact: 'dataset', arity: 'one' },
    /** Models that must go on predicting the original label: the perturbation is made to transfer to none of them. */
    nonTransferModels: { artifact: 'model', arity: 'many', nameInKeys: 'unmovedModels' },
  },
  output: 'adversarialExamples',
  result: z.strictObject({
    attack: attackParams,
    /** Key of the job that trained the source model: distinguishes white-box evaluation from transfer. */
    sourceModel: z.string(),
    block,
    /** Against the source model. */
    attackSuccess,
    ...attackEffect,
  }),
  maxAttempts: 5,
});
