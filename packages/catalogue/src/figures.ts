import { z } from 'zod';
import { paperFigures, trainingFacts } from './figure-definitions.js';
import { featureUsefulness as featureUsefulnessKind } from './kinds/feature-usefulness.js';
import { patterns as patternsKind } from './kinds/patterns.js';
import { synthesize } from './kinds/synthesize.js';
import { theory as theoryKind } from './kinds/theory.js';
import { transferMatrix as transferMatrixKind } from './kinds/transfer-matrix.js';
import {
  accuracy as accuracyValue,
  attackEffect,
  attackParams,
  attackSuccess,
  count,
  fraction,
  interval,
  proportion,
  splits,
} from './values.js';
import { warning } from './warnings/warning.js';

/** A report's figures as data: numbers with their n, units and intervals, from which tables and charts are drawn. */

const origin = { seed: z.int().min(0), point: z.string() };
const common = { title: z.string().nullable() };
const names = { trainedOn: z.string(), evaluatedOn: z.string(), split: z.enum(splits) };

/**
 * A mean over seeds. With two or more, the interval is Student's t over the seeds; with one, the interval of that one
 * measurement over its examples (Wilson).
 */
export const meanOverSeeds = z.strictObject({
  seeds: z.array(z.int().min(0)),
  /** Examples of each seed's measurement. */
  n: count,
  mean: fraction,
  ci95: interval,
  interval: z.enum(['student-t-over-seeds', 'wilson-over-examples']),
});
export type MeanOverSeeds = z.infer<typeof meanOverSeeds>;

const robust = z.strictObject({
  attack: attackParams,
  whiteBox: z.boolean(),
  /** Of the very images that were attacked, before the attack. */
  clean: accuracyValue,
  robust: accuracyValue,
  attackSuccess,
  ...attackEffect,
});

const accuracy = z.strictObject({
  kind: z.literal('accuracy'),
  ...common,
  chance: fraction,
  rows: z.array(
    z.strictObject({
      ...origin,
      ...names,
      training: trainingFacts,
      clean: accuracyValue,
      robust: z.array(robust),
      paper: paperFigures.nullable(),
      warnings: z.array(warning),
    }),
  ),
  /** The rows that differ in nothing but the seed, together. */
  means: z.array(
    z.strictObject({
      ...names,
      point: z.string(),
      training: trainingFacts,
      clean: meanOverSeeds,
      robust: z.array(
        z.strictObject({
          attack: attackParams,
          whiteBox: z.boolean(),
          clean: meanOverSeeds,
          robust: meanOverSeeds,
          /** Mean over the seeds of the mean, and the longest of all. */
          meanNorm: attackEffect.meanNorm,
          maxNorm: attackEffect.maxNorm,
        }),
      ),
      paper: paperFigures.nullable(),
    }),
  ),
});

const sensitivity = z.strictObject({
  kind: z.literal('sensitivity'),
  ...common,
  chance: fraction,
  rows: z.array(
    z.strictObject({
      ...origin,
      ...names,
      training: trainingFacts,
      clean: accuracyValue,
      warnings: z.array(warning),
    }),
  ),
  means: z.array(
    z.strictObject({ ...names, point: z.string(), training: trainingFacts, clean: meanOverSeeds }),
  ),
});

/** A correlation coefficient and its bootstrap percentile interval over the rows. */
const correlation = z.strictObject({
  coefficient: z.number().min(-1).max(1),
  ci95: z.tuple([z.number(), z.number()]),
  resamples: count,
});

const transfer = z.strictObject({
  kind: z.literal('transfer'),
  ...common,
  chance: fraction,
  rows: z.array(
    z.strictObject({
      ...origin,
      training: trainingFacts,
      /** Clean accuracy on the original test set after training on the synthesised set. */
      accuracy: accuracyValue,
      transferRate: proportion,
    }),
  ),
  /** Null with fewer than three rows, or where nothing varies. */
  pearson: correlation.nullable(),
  spearman: correlation.nullable(),
});

const transferMatrix = z.strictObject({
  kind: z.literal('transfer-matrix'),
  ...common,
  rows: z.array(z.strictObject({ ...origin, ...transferMatrixKind.result.shape })),
});

const featureUsefulness = z.strictObject({
  kind: z.literal('feature-usefulness'),
  ...common,
  rows: z.array(
    z.strictObject({
      ...origin,
      model: z.string(),
      training: trainingFacts,
      ...featureUsefulnessKind.result.shape,
    }),
  ),
});

const theory = z.strictObject({
  kind: z.literal('theory'),
  ...common,
  rows: z.array(z.strictObject({ ...origin, ...theoryKind.result.shape })),
});

const patterns = z.strictObject({
  kind: z.literal('patterns'),
  ...common,
  rows: z.array(
    z.strictObject({
      ...origin,
      ...patternsKind.result.shape,
      /** Digest of the artifact, whose part `gallery.png` is the picture. */
      artifact: z.string(),
    }),
  ),
});

const examples = z.strictObject({
  kind: z.literal('examples'),
  ...common,
  rows: z.array(
    z.strictObject({ ...origin, ...synthesize.result.shape, name: z.string(), artifact: z.string() }),
  ),
});

/** Each kind of figure. */
export const figures = {
  accuracy,
  sensitivity,
  transfer,
  'transfer-matrix': transferMatrix,
  'feature-usefulness': featureUsefulness,
  theory,
  patterns,
  examples,
} as const;

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
export type Figure = z.infer<typeof figure>;
export type FigureOf<K extends Figure['kind']> = Extract<Figure, { kind: K }>;
