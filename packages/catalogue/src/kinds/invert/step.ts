import { z } from 'zod';
import type { StepContext } from '../../definitions/kind-definition.js';
import { positiveDistance } from '../../pixel-distance.js';
import type { Problem } from '../../problem.js';
import { blockSize, firstExamples, imageSteps, precision, reference } from '../../step-values.js';
import { count, inversionStarts } from '../../values.js';
import { blockProblems, otherImages } from '../image-problems.js';

/** Settings of one inversion, without what is inverted. Defaults are the paper's. */
export const inversionShape = {
  stepSize: positiveDistance
    .describe('Length of a step of normalised descent, in [0,1] pixel units; 0.1 unless given.')
    .default(0.1),
  steps: count.describe('Steps of descent.').default(1000),
  start: z
    .enum(inversionStarts)
    .describe('Where the search starts: another image of the data set, or noise.')
    .default('other-image'),
  precision,
  blockSize,
};

export const invertStep = z.strictObject({
  kind: z.literal('invert'),
  model: reference.describe('The `train` step whose representation is inverted.'),
  dataset: reference.describe('The `dataset` or `synthesize` step whose images are represented.'),
  examples: firstExamples,
  ...inversionShape,
});
export type InvertStep = z.output<typeof invertStep>;

export const invertReferences = { model: ['train'], dataset: imageSteps };

export const invertProblems = (step: InvertStep, context: StepContext): Problem[] => [
  ...blockProblems(step, context),
  ...otherImages('model', step.model, step.dataset, context),
];
