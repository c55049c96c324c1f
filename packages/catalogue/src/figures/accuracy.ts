import { z } from 'zod';
import { attackParams } from '../attacks.js';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import type { StepContext } from '../definitions/kind-definition.js';
import type { EvaluateStep } from '../kinds/evaluate/step.js';
import { pixelDistance } from '../pixel-distance.js';
import { type Problem, problem } from '../problem.js';
import { reference } from '../step-values.js';
import { accuracy as accuracyValue, attackEffect, attackSuccess, fraction } from '../values.js';
import { warning } from '../warnings/warning.js';
import {
  exampleAccuracy,
  exampleMean,
  exampleNames,
  exampleOrigin,
  exampleTraining,
} from './example-values.js';
import { meanOverSeeds } from './means.js';
import { plannedNames, shownNames, writtenNames } from './row-names.js';
import { trainingFacts, trainingOfEvaluated } from './training-facts.js';

/** The paper's figures for a row, as fractions. */
export const paperFigures = z.strictObject({
  clean: fraction.nullable(),
  robust: z.array(z.strictObject({ epsilon: z.number(), accuracy: fraction })),
});
export type PaperFigures = z.infer<typeof paperFigures>;

const robust = z.strictObject({
  attack: attackParams,
  whiteBox: z.boolean(),
  /** Of the very images that were attacked, before the attack. */
  clean: accuracyValue,
  robust: accuracyValue,
  attackSuccess,
  ...attackEffect,
});

const row = z.strictObject({
  ...origin,
  ...shownNames,
  training: trainingFacts,
  clean: accuracyValue,
  robust: z.array(robust),
  paper: paperFigures.nullable(),
  warnings: z.array(warning),
});

const mean = z.strictObject({
  ...shownNames,
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
});

const examplePaper: PaperFigures = { clean: 0.437, robust: [] };

/** Clean accuracy of models, and robust accuracy under each attack. */
export const accuracy = defineFigure({
  kind: 'accuracy',
  description: "Clean accuracy of models, and robust accuracy under each attack, beside the paper's.",
  row: z.strictObject({
    ...writtenNames,
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
  references: { 'evaluations.*': ['evaluate'] },
  problems: severalModels,
  plannedRow: {
    ...plannedNames,
    training: trainingFacts,
    /** Evaluations of one model on one data set; each may add robust accuracy under an attack. */
    evaluations: z.array(source).min(1),
    paper: paperFigures.nullable(),
  },
  planRow: ({ evaluations, ...written }, context) => ({
    ...written,
    training: trainingOfEvaluated(evaluations[0] ?? '', context),
    evaluations: evaluations.map((evaluation) => context.source(evaluation)),
  }),
  figure: z.strictObject({
    kind: z.literal('accuracy'),
    ...figureTitle,
    chance: fraction,
    rows: z.array(row),
    /** The rows that differ in nothing but the seed, together. */
    means: z.array(mean),
  }),
  dashboard: {
    summary: 'Clean and robust accuracy by what models were trained on',
    study: 'simple-experiment',
    example: {
      ...{ kind: 'accuracy', title: null, chance: 0.1 },
      rows: [
        {
          ...{ ...exampleOrigin, ...exampleNames, training: exampleTraining, clean: exampleAccuracy },
          ...{ robust: [], paper: examplePaper, warnings: [] },
        },
      ],
      means: [
        {
          ...{ ...exampleNames, point: '', training: exampleTraining, clean: exampleMean },
          ...{ robust: [], paper: examplePaper },
        },
      ],
    },
  },
});

/** A row has one clean accuracy: that of the model and the images that all its evaluations have. */
function severalModels({ evaluations }: { evaluations: string[] }, context: StepContext): Problem[] {
  const evaluationOf = (name: string) => context.find<EvaluateStep>(name, 'evaluate');
  const [first = ''] = evaluations;
  const evaluated = evaluationOf(first);
  return evaluations.flatMap((name, i) => {
    const other = evaluationOf(name);
    if (evaluated === undefined || other === undefined) return [];
    const differs = (['model', 'dataset'] as const).some((key) => other[key] !== evaluated[key]);
    if (!differs) return [];
    const what = `${name} evaluates ${other.model} on ${other.dataset}, and ${first} ${evaluated.model} on ${evaluated.dataset}`;
    const message = `${what}: a row is of one model and one data set; give it a row of its own`;
    return [problem(`evaluations.${i}`, message)];
  });
}
