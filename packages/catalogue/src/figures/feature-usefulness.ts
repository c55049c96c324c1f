import { label } from '@toogit/core';
import { z } from 'zod';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import type { PlanContext } from '../definitions/kind-definition.js';
import type { FeatureResponsesStep } from '../kinds/feature-responses/step.js';
import { featureUsefulnessJob } from '../kinds/feature-usefulness/job.js';
import type { FeatureUsefulnessStep } from '../kinds/feature-usefulness/step.js';
import { reference } from '../step-values.js';
import { exampleOrigin, exampleRate, exampleTraining } from './example-values.js';
import { trainingFacts, trainingOf } from './training-facts.js';

export const featureUsefulness = defineFigure({
  kind: 'feature-usefulness',
  description: 'How useful each feature of a model is, and how useful under attack.',
  row: z.strictObject({
    model: label().describe('What the figure calls the model.'),
    usefulness: reference.describe('A `feature-usefulness` step.'),
  }),
  references: { usefulness: ['feature-usefulness'] },
  plannedRow: { model: z.string(), training: trainingFacts, usefulness: source },
  planRow: ({ model, usefulness }, context) => ({
    model,
    training: trainingOf(measuredModel(usefulness, context), context),
    usefulness: context.source(usefulness),
  }),
  figure: z.strictObject({
    kind: z.literal('feature-usefulness'),
    ...figureTitle,
    rows: z.array(
      z.strictObject({
        ...origin,
        model: z.string(),
        training: trainingFacts,
        ...featureUsefulnessJob.result.shape,
      }),
    ),
  }),
  dashboard: {
    summary: 'Usefulness and robust usefulness of features',
    study: 'feature-usefulness',
    example: {
      ...{ kind: 'feature-usefulness', title: null },
      rows: [
        {
          ...{ ...exampleOrigin, model: 'standard', training: exampleTraining },
          perturbation: { norm: 'l2', epsilon: 0.25, stepSize: 0.1, steps: 10, precision: 'float32' },
          ...{ trainedOn: 'cifar10', evaluatedOn: 'cifar10', split: 'test' },
          ...{ n: 2000, features: 128, classes: 10 },
          ...{ useful: exampleRate, robustlyUseful: exampleRate, usefulNotRobust: exampleRate },
          points: [{ feature: 0, class: 3, rho: 0.4, rhoError: 0.01, gamma: -0.2, gammaError: 0.01 }],
        },
      ],
    },
  },
});

function measuredModel(usefulness: string, context: PlanContext): string {
  const { responses } = context.step<FeatureUsefulnessStep>(usefulness, 'feature-usefulness');
  return context.step<FeatureResponsesStep>(responses, 'feature-responses').model;
}
