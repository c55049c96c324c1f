import { fraction, paperFigures } from '@toogit/catalogue';
import { label } from '@toogit/core';
import { z } from 'zod';
import { pixelDistance } from '../pixel-distance.js';
import { reference } from './values.js';

const name = label();
const title = label().nullable().describe('Heading of the figure.').default(null);
const names = {
  trainedOn: name.describe('What the row says the model was trained on.'),
  evaluatedOn: name.describe('What the row says it was evaluated on.').default('D'),
};

const accuracy = z.strictObject({
  kind: z.literal('accuracy'),
  title,
  rows: z
    .array(
      z.strictObject({
        ...names,
        evaluations: z
          .array(reference)
          .min(1)
          .describe('`evaluate` steps of one model; each with an attack adds a robust accuracy.'),
        paper: paperFigures
          .extend({ robust: z.array(z.strictObject({ epsilon: pixelDistance, accuracy: fraction })) })
          .nullable()
          .describe("The paper's figures, as fractions.")
          .default(null),
      }),
    )
    .min(1),
});

const sensitivity = z.strictObject({
  kind: z.literal('sensitivity'),
  title,
  rows: z.array(z.strictObject({ ...names, evaluation: reference.describe('An `evaluate` step.') })).min(1),
});

const transfer = z.strictObject({
  kind: z.literal('transfer'),
  title,
  rows: z
    .array(
      z.strictObject({
        learned: reference.describe('`evaluate`, on the original test set, a model of the synthesised set.'),
        transferred: reference.describe('`evaluate` a standard model against the source model’s attack.'),
      }),
    )
    .min(1),
});

const transferMatrix = z.strictObject({
  kind: z.literal('transfer-matrix'),
  title,
  rows: z.array(z.strictObject({ matrix: reference.describe('A `transfer-matrix` step.') })).min(1),
});

const featureUsefulness = z.strictObject({
  kind: z.literal('feature-usefulness'),
  title,
  rows: z
    .array(
      z.strictObject({
        model: name.describe('What the figure calls the model.'),
        usefulness: reference.describe('A `feature-usefulness` step.'),
      }),
    )
    .min(1),
});

const theory = z.strictObject({
  kind: z.literal('theory'),
  title,
  rows: z.array(z.strictObject({ theory: reference.describe('A `theory` step.') })).min(1),
});

const patterns = z.strictObject({
  kind: z.literal('patterns'),
  title,
  rows: z.array(z.strictObject({ patterns: reference.describe('A `patterns` step.') })).min(1),
});

const examples = z.strictObject({
  kind: z.literal('examples'),
  title,
  rows: z
    .array(
      z.strictObject({
        name: name.describe('What the figure calls the data set.'),
        synthesized: reference.describe('The `synthesize` step.'),
        dataset: reference.describe('The `dataset` step it was made from.'),
      }),
    )
    .min(1),
});

/** Figures of steps by name; every point of the matrix adds its rows to the same figures. */
export const figure = z.discriminatedUnion('kind', [
  accuracy,
  sensitivity,
  transfer,
  transferMatrix,
  featureUsefulness,
  theory,
  patterns,
  examples,
]);

export const report = z.strictObject({
  kind: z.literal('report'),
  figures: z.array(figure).min(1).max(32).describe('What the report shows, in order.'),
});

export type ReportFigure = z.output<typeof figure>;
