import { z } from 'zod';
import type { StepContext } from '../../definitions/kind-definition.js';
import { positiveDistance } from '../../pixel-distance.js';
import type { Problem } from '../../problem.js';
import {
  blockSize,
  defaultStepSize,
  firstExamples,
  imageSteps,
  precision,
  reference,
} from '../../step-values.js';
import { count, norms } from '../../values.js';
import { blockProblems, otherImages } from '../image-problems.js';

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

export const featureResponsesStep = z
  .strictObject({
    kind: z.literal('feature-responses'),
    model: reference.describe('The `train` step whose penultimate features are measured.'),
    dataset: reference.describe('The `dataset` step they are measured on.'),
    examples: firstExamples,
    ...featurePerturbationShape,
  })
  .transform((step) => ({ ...step, stepSize: step.stepSize ?? defaultStepSize(step.epsilon) }));
export type FeatureResponsesStep = z.output<typeof featureResponsesStep>;

export const featureResponsesReferences = { model: ['train'], dataset: imageSteps };

export const featureResponsesProblems = (step: FeatureResponsesStep, context: StepContext): Problem[] => [
  ...blockProblems(step, context),
  ...otherImages('model', step.model, step.dataset, context),
];
