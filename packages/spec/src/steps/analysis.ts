import { count, norms } from '@toogit/catalogue';
import { label } from '@toogit/core';
import { z } from 'zod';
import { blockSize, defaultStepSize, positiveDistance, precision, reference } from './values.js';

const batchSize = count.max(10_000).describe('Examples a step.').default(500);

export const evaluate = z.strictObject({
  kind: z.literal('evaluate'),
  model: reference.describe('The `train` step whose model is evaluated.'),
  dataset: reference.describe('The `dataset` or `synthesize` step it is evaluated on.'),
  attack: reference
    .nullable()
    .describe('An `attack` step on the same data set, for robust accuracy or transfer.')
    .default(null),
  batchSize,
});

export const transferMatrix = z.strictObject({
  kind: z.literal('transfer-matrix'),
  models: z
    .array(
      z.strictObject({
        name: label().describe('What the matrix calls it.'),
        model: reference.describe('A `train` step.'),
        attack: reference.describe('An `attack` step on that model.'),
      }),
    )
    .min(2)
    .max(32)
    .describe('Each attack against each model.'),
  batchSize,
});

/** Settings of the perturbation of features, without what is perturbed. */
export const featurePerturbationShape = {
  norm: z.enum(norms).describe('Norm of the perturbation.'),
  epsilon: positiveDistance.describe('Radius of the perturbation set, in [0,1] pixel units.'),
  stepSize: positiveDistance
    .exactOptional()
    .describe('Length of a step, in [0,1] pixel units; a fifth of epsilon unless given.'),
  steps: count.describe('Steps of PGD for each feature and direction.').default(10),
  precision,
  blockSize,
};

export const featureResponses = z
  .strictObject({
    kind: z.literal('feature-responses'),
    model: reference.describe('The `train` step whose penultimate features are measured.'),
    dataset: reference.describe('The `dataset` step they are measured on.'),
    examples: count.nullable().describe('The first so many examples; null is all.').default(null),
    ...featurePerturbationShape,
  })
  .transform((step) => ({ ...step, stepSize: step.stepSize ?? defaultStepSize(step.epsilon) }));

export const featureUsefulness = z.strictObject({
  kind: z.literal('feature-usefulness'),
  responses: reference.describe('A `feature-responses` step.'),
});

/** Settings of the patterns, without what they are patterns of. */
export const patternsShape = {
  amplification: z
    .number()
    .positive()
    .max(100)
    .describe('How much longer than epsilon the bare pattern is.')
    .default(8),
  universalEpochs: count
    .max(100)
    .describe("Passes of the universal perturbation's PGD over the attacked examples.")
    .default(2),
};

export const patterns = z.strictObject({
  kind: z.literal('patterns'),
  examples: reference.describe('A targeted `attack` step.'),
  evaluated: z
    .array(
      z.strictObject({
        name: label().describe('What the figure calls it.'),
        model: reference.describe('A `train` step.'),
      }),
    )
    .max(32)
    .describe('Models that are asked about the bare patterns.')
    .default([]),
  ...patternsShape,
  batchSize,
});

/** Settings of the two Gaussians. */
export const theoryShape = {
  dimensions: z.array(z.int().min(2).max(512)).min(1).max(16).describe('Dimensions of the Gaussians.'),
  epsilons: z
    .array(z.number().positive())
    .min(1)
    .max(64)
    .describe('Radii of the L2 ball, in units of the data.'),
  conditionNumber: z
    .number()
    .min(1)
    .describe('Largest over smallest eigenvalue of the covariance.')
    .default(16),
  meanNorm: z.number().positive().describe('Length of the class mean.').default(1),
};

export const theory = z.strictObject({ kind: z.literal('theory'), ...theoryShape });
