import { z } from 'zod';
import { attackParams } from '../../attacks.js';
import { defineJob } from '../../definitions/job-definition.js';
import { attackSuccess, count, proportion } from '../../values.js';

/**
 * mean: of all perturbations of images of other classes toward a class. most-effective: of the first 16 of them the one
 * that, added to 200 attacked images of other classes, turns most of them into the class. universal: one made for all
 * images.
 */
export const patternNames = ['mean', 'most-effective', 'universal'] as const;

/**
 * The perturbation patterns of each class ("Planet Erm"), and what models that never saw them predict for the bare pattern,
 * scaled to length epsilon·amplification and added to grey. Parts: `patterns` (float32 `mean`, `most-effective`,
 * `universal`, each [C,h,w,c], unscaled), `gallery.png` (a row a pattern, a column a class, each amplified to be seen).
 */
export const patternsJob = defineJob({
  kind: 'patterns',
  version: 2,
  resource: 'tensor',
  params: z.strictObject({
    /** Of the evaluated models, in the order of the inputs. */
    names: z.array(z.string()),
    /** How much longer than epsilon the bare pattern is that models predict a class for. */
    amplification: z.number().positive(),
    /** Passes of the universal perturbation's PGD over the attacked examples. */
    universalEpochs: count,
    batchSize: count,
  }),
  inputs: {
    sourceModel: { artifact: 'model', arity: 'one' },
    dataset: { artifact: 'dataset', arity: 'one' },
    /** Targeted ones. */
    adversarialExamples: { artifact: 'adversarialExamples', arity: 'many' },
    evaluatedModels: { artifact: 'model', arity: 'many' },
  },
  output: 'patterns',
  result: z.strictObject({
    attack: attackParams,
    classNames: z.array(z.string()),
    /** Perturbations toward each class, of images of other classes. */
    perClass: z.array(z.int().min(0)),
    amplification: z.number(),
    /** Of the attacked images of other classes, those that the class's universal perturbation turns into the class. */
    universalSuccess: z.array(attackSuccess),
    /** Of the C bare patterns on grey, how many a model takes for their class. */
    onGrey: z.array(
      z.strictObject({
        pattern: z.enum(patternNames),
        model: z.string(),
        recognised: proportion,
        predictedClass: z.array(z.int().min(0)),
      }),
    ),
  }),
  maxAttempts: 5,
});
