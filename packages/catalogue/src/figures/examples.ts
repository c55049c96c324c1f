import { label } from '@toogit/core';
import { z } from 'zod';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import { synthesizeJob } from '../kinds/synthesize/job.js';
import { imageSteps, reference } from '../step-values.js';

/** Example images of synthesised sets, and the facts of what made them. */
export const examples = defineFigure({
  kind: 'examples',
  description: 'Example images of synthesised sets, and the facts of what made them.',
  row: z.strictObject({
    name: label().describe('What the figure calls the data set.'),
    synthesized: reference.describe('The `synthesize` step.'),
    dataset: reference.describe('The `dataset` step it was made from.'),
  }),
  references: { synthesized: ['synthesize'], dataset: imageSteps },
  plannedRow: { name: z.string(), synthesized: source, dataset: source },
  planRow: ({ name, synthesized, dataset }, context) => ({
    name,
    synthesized: context.source(synthesized),
    dataset: context.source(dataset),
  }),
  figure: z.strictObject({
    kind: z.literal('examples'),
    ...figureTitle,
    rows: z.array(
      z.strictObject({
        ...origin,
        ...synthesizeJob.result.shape,
        name: z.string(),
        artifact: z.string(),
      }),
    ),
  }),
  dashboard: null,
});
