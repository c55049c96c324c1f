import { z } from 'zod';
import { defineKind } from '../kind.js';
import { attackParams, count, proportion, splits } from '../values.js';

/**
 * How each model's adversarial examples fare against every model: N attacks on one data set, N models, N×N rates.
 * Part `rates`: float32 `transfer` [N,N].
 */
export const transferMatrix = defineKind({
  version: 1,
  resource: 'gpu',
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
    /** [source][evaluated]: fraction of the source's adversarial examples classified as the attack intended. */
    transfer: z.array(z.array(proportion)),
  }),
  maxAttempts: 5,
});
