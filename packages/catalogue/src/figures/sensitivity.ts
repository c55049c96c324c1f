import { z } from 'zod';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import { reference } from '../step-values.js';
import { accuracy, fraction } from '../values.js';
import { warning } from '../warnings/warning.js';
import {
  exampleAccuracy,
  exampleMean,
  exampleNames,
  exampleOrigin,
  exampleTraining,
} from './example-values.js';
import { meanOverSeeds } from './means.js';
import { plannedNames, shownNames, writtenNames } from './row-names.js';
import { trainingFacts, trainingOfEvaluated } from './training-facts.js';

/** Clean accuracy by learning rate and augmentation. */
export const sensitivity = defineFigure({
  kind: 'sensitivity',
  description: 'Accuracy over learning rate and augmentation.',
  row: z.strictObject({ ...writtenNames, evaluation: reference.describe('An `evaluate` step.') }),
  references: { evaluation: ['evaluate'] },
  plannedRow: { ...plannedNames, training: trainingFacts, evaluation: source },
  planRow: ({ evaluation, ...written }, context) => ({
    ...written,
    training: trainingOfEvaluated(evaluation, context),
    evaluation: context.source(evaluation),
  }),
  figure: z.strictObject({
    kind: z.literal('sensitivity'),
    ...figureTitle,
    chance: fraction,
    rows: z.array(
      z.strictObject({
        ...origin,
        ...shownNames,
        training: trainingFacts,
        clean: accuracy,
        warnings: z.array(warning),
      }),
    ),
    means: z.array(
      z.strictObject({ ...shownNames, point: z.string(), training: trainingFacts, clean: meanOverSeeds }),
    ),
  }),
  dashboard: {
    summary: 'Accuracy over learning rate and augmentation',
    study: 'sensitivity',
    example: {
      ...{ kind: 'sensitivity', title: null, chance: 0.1 },
      rows: [
        {
          ...{ ...exampleOrigin, ...exampleNames, training: exampleTraining, clean: exampleAccuracy },
          warnings: [],
        },
      ],
      means: [{ ...exampleNames, point: '', training: exampleTraining, clean: exampleMean }],
    },
  },
});
