import { z } from 'zod';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import { reference } from '../step-values.js';
import { accuracy, count, fraction, proportion } from '../values.js';
import { exampleAccuracy, exampleOrigin, exampleRate, exampleTraining } from './example-values.js';
import { trainingFacts, trainingOfEvaluated } from './training-facts.js';

/** A correlation coefficient and its bootstrap percentile interval over the rows. */
const correlation = z.strictObject({
  coefficient: z.number().min(-1).max(1),
  ci95: z.tuple([z.number(), z.number()]),
  resamples: count,
});

/** What an architecture learns from a synthesised set beside what transfers to it (Ilyas et al. 2019, figure 3). */
export const transfer = defineFigure({
  kind: 'transfer',
  description:
    'What a network learned from a D_det, against how well the attacks that made it transfer to that architecture.',
  row: z.strictObject({
    learned: reference.describe('`evaluate`, on the original test set, a model of the synthesised set.'),
    transferred: reference.describe('`evaluate` a standard model against the source model’s attack.'),
  }),
  references: { learned: ['evaluate'], transferred: ['evaluate'] },
  plannedRow: {
    training: trainingFacts,
    /** Evaluation, on the original test set, of the architecture trained on the synthesised set. */
    learned: source,
    /** Evaluation of a standard model of the architecture on the source model's adversarial examples. */
    transferred: source,
  },
  planRow: ({ learned, transferred }, context) => ({
    training: trainingOfEvaluated(learned, context),
    learned: context.source(learned),
    transferred: context.source(transferred),
  }),
  figure: z.strictObject({
    kind: z.literal('transfer'),
    ...figureTitle,
    chance: fraction,
    rows: z.array(
      z.strictObject({
        ...origin,
        training: trainingFacts,
        /** Clean accuracy on the original test set after training on the synthesised set. */
        accuracy,
        transferRate: proportion,
      }),
    ),
    /** Null with fewer than three rows, or where nothing varies. */
    pearson: correlation.nullable(),
    spearman: correlation.nullable(),
  }),
  dashboard: {
    summary: 'Accuracy against transfer rate, with correlations',
    study: 'transferability',
    example: {
      ...{ kind: 'transfer', title: null, chance: 0.1 },
      rows: [
        {
          ...{ ...exampleOrigin, training: exampleTraining },
          ...{ accuracy: exampleAccuracy, transferRate: exampleRate },
        },
      ],
      pearson: { coefficient: 0.91, ci95: [0.78, 0.98], resamples: 10000 },
      spearman: { coefficient: 0.88, ci95: [0.7, 0.97], resamples: 10000 },
    },
  },
});
