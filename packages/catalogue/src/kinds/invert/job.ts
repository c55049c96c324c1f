import { z } from 'zod';
import { defineJob } from '../../definitions/job-definition.js';
import { block, inversionParams } from '../../values.js';

/**
 * One block of inverted representations: for each x an image x_r that a model represents as it does x, sought from an
 * unrelated start. Parts: `images` (float32 [b,h,w,c]: x_r) and `columns` (int32 `originalLabels`, `sourceIndex`,
 * `startIndex` (-1 for noise), float32 `representationDistance` ‖g(x) − g(x_r)‖₂ / ‖g(x)‖₂). x_r is the nearest of the
 * start and all iterates.
 */
export const invertJob = defineJob({
  kind: 'invert',
  version: 2,
  resource: 'tensor',
  params: inversionParams.extend({ block }),
  inputs: {
    model: { artifact: 'model', arity: 'one' },
    dataset: { artifact: 'dataset', arity: 'one' },
  },
  output: 'invertedExamples',
  result: z.strictObject({
    inversion: inversionParams,
    /** Key of the job that trained the model. */
    model: z.string(),
    block,
    meanStartDistance: z.number(),
    meanDistance: z.number(),
    maxDistance: z.number(),
  }),
  maxAttempts: 5,
});
