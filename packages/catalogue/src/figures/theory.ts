import { z } from 'zod';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import { theoryJob } from '../kinds/theory/job.js';
import { reference } from '../step-values.js';

export const theory = defineFigure({
  kind: 'theory',
  row: z.strictObject({ theory: reference.describe('A `theory` step.') }),
  references: { theory: ['theory'] },
  plannedRow: { theory: source },
  planRow: ({ theory: step }, context) => ({ theory: context.source(step) }),
  figure: z.strictObject({
    kind: z.literal('theory'),
    ...figureTitle,
    rows: z.array(z.strictObject({ ...origin, ...theoryJob.result.shape })),
  }),
});
