import { z } from 'zod';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import { transferMatrixJob } from '../kinds/transfer-matrix/job.js';
import { reference } from '../step-values.js';
import { exampleAttack, exampleEffect, exampleOrigin, exampleRate } from './example-values.js';

export const transferMatrix = defineFigure({
  kind: 'transfer-matrix',
  description: "How often each model's adversarial examples fool every model.",
  row: z.strictObject({ matrix: reference.describe('A `transfer-matrix` step.') }),
  references: { matrix: ['transfer-matrix'] },
  plannedRow: { matrix: source },
  planRow: ({ matrix }, context) => ({ matrix: context.source(matrix) }),
  figure: z.strictObject({
    kind: z.literal('transfer-matrix'),
    ...figureTitle,
    rows: z.array(z.strictObject({ ...origin, ...transferMatrixJob.result.shape })),
  }),
  dashboard: {
    summary: 'What transfers from which model to which',
    study: 'transferability',
    example: {
      ...{ kind: 'transfer-matrix', title: null },
      rows: [
        {
          ...{ ...exampleOrigin, names: ['a', 'b'], architectures: ['resnet50', 'vgg16'], split: 'test' },
          ...{ attack: exampleAttack, effects: [exampleEffect, exampleEffect] },
          transfer: [
            [exampleRate, exampleRate],
            [exampleRate, exampleRate],
          ],
        },
      ],
    },
  },
});
