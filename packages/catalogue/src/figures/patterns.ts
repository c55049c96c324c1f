import { z } from 'zod';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import { patternsJob } from '../kinds/patterns/job.js';
import { reference } from '../step-values.js';
import { exampleAttack, exampleOrigin, exampleRate } from './example-values.js';

export const patterns = defineFigure({
  kind: 'patterns',
  description: 'The perturbation patterns of each class, and what models classify them as.',
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
  dashboard: {
    summary: 'The perturbation patterns of each class',
    study: 'patterns',
    example: {
      ...{ kind: 'patterns', title: null },
      rows: [
        {
          ...{ ...exampleOrigin, attack: exampleAttack, classNames: ['cat', 'dog'], perClass: [500, 500] },
          ...{ amplification: 8, universalSuccess: [exampleRate, exampleRate] },
          onGrey: [{ pattern: 'universal', model: 'fresh', recognised: exampleRate, predictedClass: [0, 1] }],
          artifact: '5e2d0bd1f3c8a7b64e0c3d1a9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c',
        },
      ],
    },
  },
});
