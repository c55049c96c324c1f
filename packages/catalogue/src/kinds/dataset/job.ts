import { z } from 'zod';
import { directoryNames, publishedNames } from '../../datasets.js';
import { defineJob } from '../../definitions/job-definition.js';
import { count, imageSize, revision, splits } from '../../values.js';
import { datasetFacts } from './manifest-facts.js';

const imported = {
  split: z.enum(splits),
  /** The first so many examples of the split; null is all. */
  examples: count.nullable(),
};

/**
 * Dataset manifests: parts `images-0000`, `images-0001`, … (tensor `images`, NHWC) in order, and one part `columns`
 * (int32 `labels`; synthesised sets add int32 `originalLabels`, int32 `sourceIndex`, float32 `perturbationNorm`,
 * uint8 `attackSucceeded`).
 */
export const datasetImportJob = defineJob({
  kind: 'dataset.import',
  version: 1,
  resource: 'cpu',
  params: z.discriminatedUnion('dataset', [
    z.strictObject({ dataset: z.enum(publishedNames), ...imported }),
    z.strictObject({
      dataset: z.enum(directoryNames),
      ...imported,
      imageSize,
      revision: revision.exactOptional(),
    }),
  ]),
  inputs: {},
  output: 'dataset',
  result: z.strictObject({ ...datasetFacts, pixelDigest: z.string() }),
  maxAttempts: 3,
});
