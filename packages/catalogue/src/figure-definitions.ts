import { z } from 'zod';
import { adversarialTraining, architectures, augmentations, count, fraction } from './values.js';

/**
 * What a report shows, as parameters of its job: figures made of rows, each row naming the artifacts it is drawn from
 * by their index among the job's inputs. Whoever has the results of those jobs can make the figures; a row whose
 * results are not there yet is left out.
 */

/** Index of an artifact among the report's `sources`. */
const source = z.int().min(0);

/** Where a row comes from: the seed, and what the matrix set there (`learningRate=0.1`), empty without one. */
const origin = { seed: z.int().min(0), point: z.string() };

/** The settings that made the model of a row. */
export const trainingFacts = z.strictObject({
  architecture: z.enum(architectures),
  width: z.number().positive(),
  depth: count.nullable(),
  epochs: count,
  learningRate: z.number().positive(),
  augmentation: z.enum(augmentations),
  adversarial: adversarialTraining.nullable(),
});
export type TrainingFacts = z.infer<typeof trainingFacts>;

/** The paper's figures for a row, as fractions. */
export const paperFigures = z.strictObject({
  clean: fraction.nullable(),
  robust: z.array(z.strictObject({ epsilon: z.number(), accuracy: fraction })),
});
export type PaperFigures = z.infer<typeof paperFigures>;

const names = { trainedOn: z.string(), evaluatedOn: z.string() };

const accuracy = z.strictObject({
  kind: z.literal('accuracy'),
  title: z.string().nullable(),
  rows: z.array(
    z.strictObject({
      ...origin,
      ...names,
      training: trainingFacts,
      /** Evaluations of one model on one data set; each may add robust accuracy under an attack. */
      evaluations: z.array(source).min(1),
      paper: paperFigures.nullable(),
    }),
  ),
});

const sensitivity = z.strictObject({
  kind: z.literal('sensitivity'),
  title: z.string().nullable(),
  rows: z.array(z.strictObject({ ...origin, ...names, training: trainingFacts, evaluation: source })),
});

const transfer = z.strictObject({
  kind: z.literal('transfer'),
  title: z.string().nullable(),
  rows: z.array(
    z.strictObject({
      ...origin,
      training: trainingFacts,
      /** Evaluation, on the original test set, of the architecture trained on the synthesised set. */
      learned: source,
      /** Evaluation of a standard model of the architecture on the source model's adversarial examples. */
      transferred: source,
    }),
  ),
});

const transferMatrix = z.strictObject({
  kind: z.literal('transfer-matrix'),
  title: z.string().nullable(),
  rows: z.array(z.strictObject({ ...origin, matrix: source })),
});

const featureUsefulness = z.strictObject({
  kind: z.literal('feature-usefulness'),
  title: z.string().nullable(),
  rows: z.array(
    z.strictObject({ ...origin, model: z.string(), training: trainingFacts, usefulness: source }),
  ),
});

const theory = z.strictObject({
  kind: z.literal('theory'),
  title: z.string().nullable(),
  rows: z.array(z.strictObject({ ...origin, theory: source })),
});

const patterns = z.strictObject({
  kind: z.literal('patterns'),
  title: z.string().nullable(),
  rows: z.array(z.strictObject({ ...origin, patterns: source })),
});

/** Example images of synthesised sets, and the facts of what made them. */
const examples = z.strictObject({
  kind: z.literal('examples'),
  title: z.string().nullable(),
  rows: z.array(z.strictObject({ ...origin, name: z.string(), synthesized: source, dataset: source })),
});

export const figureDefinition = z.discriminatedUnion('kind', [
  accuracy,
  sensitivity,
  transfer,
  transferMatrix,
  featureUsefulness,
  theory,
  patterns,
  examples,
]);
export type FigureDefinition = z.infer<typeof figureDefinition>;
export type FigureKind = FigureDefinition['kind'];
