import { z } from 'zod';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import { theoryJob } from '../kinds/theory/job.js';
import { reference } from '../step-values.js';
import { exampleOrigin } from './example-values.js';

type Dimension = z.output<typeof theoryJob.result>['dimensions'][number];

const exampleCheck: Dimension['closedFormChecks'][number] = {
  ...{ epsilon: 0.5, lambda: 4.2, basis: 'full', steps: 93, converged: true },
  ...{ maxAbsoluteDifference: 2.1e-7, maxRelativeDifference: 1.1e-6, meanRelativeDifference: 3e-8 },
};

const exampleModel: Dimension['models'][number] = {
  ...{ trainedAgainst: 'average', epsilon: 0.5, lambda: 4.2, smallestVariance: 0.6, largestVariance: 2.8 },
  ...{ alignmentAngle: 13.8, worstAlignmentAngle: 48.4 },
  underAttack: [
    {
      ...{ epsilon: 0.5, averageLoss: 11.6, accuracy: 0.78 },
      ballLoss: { mean: 11.5, standardError: 0.03, n: 4096 },
    },
  ],
};

export const theory = defineFigure({
  kind: 'theory',
  description: 'What robust learning of two Gaussians changes, by closed forms and by optimisation.',
  row: z.strictObject({ theory: reference.describe('A `theory` step.') }),
  references: { theory: ['theory'] },
  plannedRow: { theory: source },
  planRow: ({ theory: step }, context) => ({ theory: context.source(step) }),
  figure: z.strictObject({
    kind: z.literal('theory'),
    ...figureTitle,
    rows: z.array(z.strictObject({ ...origin, ...theoryJob.result.shape })),
  }),
  dashboard: {
    summary: 'Two Gaussians: closed forms beside optimisation',
    study: 'gaussian',
    example: {
      ...{ kind: 'theory', title: null },
      rows: [
        {
          ...exampleOrigin,
          params: { dimensions: [8], epsilons: [0.5], conditionNumber: 16, meanNorm: 1, seed: 0 },
          dimensions: [
            {
              ...{ dimension: 8, smallestVariance: 0.15, largestVariance: 2.4 },
              ...{ theorem1: [], closedFormChecks: [exampleCheck], ballChecks: [], models: [exampleModel] },
            },
          ],
        },
      ],
    },
  },
});
