import { z } from 'zod';
import { attackParams } from '../../attacks.js';
import { defineJob } from '../../definitions/job-definition.js';
import { attackEffect, attackSuccess, count, splits } from '../../values.js';

/**
 * How each model's adversarial examples fare against every model: N attacks on one data set, N models, N×N rates.
 * Part `rates`: float32 `transfer` [N,N].
 */
export const transferMatrixJob = defineJob({
  kind: 'transfer-matrix',
  version: 2,
  resource: 'tensor',
  params: z.strictObject({
    /** Of the models, in the order of the inputs. */
    names: z.array(z.string()).min(2),
    batchSize: count,
  }),
  inputs: {
    models: { artifact: 'model', arity: 'many' },
    /** What was attacked. */
    dataset: { artifact: 'dataset', arity: 'one' },
    /** The blocks of an attack for each model; which model's they are is in their manifests. */
    adversarialExamples: { artifact: 'adversarialExamples', arity: 'many' },
  },
  output: 'transferMatrix',
  result: z.strictObject({
    names: z.array(z.string()),
    architectures: z.array(z.string()),
    split: z.enum(splits).nullable(),
    attack: attackParams,
    /** Of each source's attack. */
    effects: z.array(z.strictObject(attackEffect)),
    /** [source][evaluated]: success of the source's adversarial examples against the evaluated model. */
    transfer: z.array(z.array(attackSuccess)),
  }),
  maxAttempts: 5,
});
