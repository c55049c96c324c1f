import {
  constructions,
  count,
  datasetNames,
  imageSize,
  inversionStarts,
  revision,
  splits,
} from '@toogit/catalogue';
import { z } from 'zod';
import { blockSize, positiveDistance, precision, reference } from './values.js';

export const dataset = z
  .strictObject({
    kind: z.literal('dataset'),
    dataset: z.enum(datasetNames).describe('Which data set.'),
    split: z.enum(splits).describe('Which split of it.'),
    examples: count.nullable().describe('The first so many examples; null is all.').default(null),
    imageSize: imageSize
      .exactOptional()
      .describe('Height and width of the images of restricted-imagenet; 224 unless given.'),
    revision: revision
      .exactOptional()
      .describe('Of the directory of restricted-imagenet: change it when files there have changed.'),
  })
  .transform((step) => (step.dataset === 'restricted-imagenet' ? { imageSize: 224, ...step } : step));

/** Settings of one inversion, without what is inverted. Defaults are the paper's. */
export const inversionShape = {
  stepSize: positiveDistance.describe('Length of a step of normalised descent.').default(0.1),
  steps: count.describe('Steps of descent.').default(1000),
  start: z
    .enum(inversionStarts)
    .describe('Where the search starts: another image of the data set, or noise.')
    .default('other-image'),
  precision,
  blockSize,
};

export const invert = z.strictObject({
  kind: z.literal('invert'),
  model: reference.describe('The `train` step whose representation is inverted.'),
  dataset: reference.describe('The `dataset` or `synthesize` step whose images are represented.'),
  examples: count.nullable().describe('The first so many examples; null is all.').default(null),
  ...inversionShape,
});

export const synthesize = z.strictObject({
  kind: z.literal('synthesize'),
  construction: z
    .enum(constructions)
    .describe(
      'd_det, d_rand: of an attack with targets next, random; d_robust, d_nonrobust: of an inversion of a robust, a standard model; mislabelled: of an evaluation.',
    ),
  examples: reference.describe('The `attack`, `invert` or `evaluate` step it is made of.'),
});
