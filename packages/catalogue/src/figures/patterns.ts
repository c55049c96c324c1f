import { z } from 'zod';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import { patternsJob } from '../kinds/patterns/job.js';
import { reference } from '../step-values.js';

export const patterns = defineFigure({
  kind: 'patterns',
  row: z.strictObject({ patterns: reference.describe('A `patterns` step.') }),
  references: { patterns: ['patterns'] },
  plannedRow: { patterns: source },
  planRow: ({ patterns: step }, context) => ({ patterns: context.source(step) }),
  figure: z.strictObject({
    kind: z.literal('patterns'),
    ...figureTitle,
    rows: z.array(
      z.strictObject({
        ...origin,
        ...patternsJob.result.shape,
        /** Digest of the artifact, whose part `gallery.png` is the picture. */
        artifact: z.string(),
      }),
    ),
  }),
});
