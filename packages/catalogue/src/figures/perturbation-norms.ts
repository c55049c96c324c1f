import { label } from '@toogit/core';
import { z } from 'zod';
import { attackParams } from '../attacks.js';
import { defineFigure, figureTitle, origin, source } from '../definitions/figure-definition.js';
import type { AttackStep } from '../kinds/attack/step.js';
import { reference } from '../step-values.js';
import { attackSuccess, count } from '../values.js';

/** How long the perturbations of an attack are, and which classes it succeeds on. */
export const perturbationNorms = defineFigure({
  kind: 'perturbation-norms',
  description: "Lengths of an attack's perturbations, and its success by class.",
  row: z.strictObject({
    name: label().describe('What the figure calls the attack.'),
    attack: reference.describe('An `attack` step.'),
  }),
  references: { attack: ['attack'] },
  plannedRow: {
    name: z.string(),
    blocks: z.array(source).min(1),
    /** The imported data set, whose class names are shown; null where the images are of a synthesised one. */
    dataset: source.nullable(),
  },
  planRow: ({ name, attack }, context) => {
    const { dataset } = context.step<AttackStep>(attack, 'attack');
    const isImported = context.find(dataset, 'dataset') !== undefined;
    return { name, blocks: context.sources(attack), dataset: isImported ? context.source(dataset) : null };
  },
  columnsOf: ({ blocks }) => blocks,
  figure: z.strictObject({
    kind: z.literal('perturbation-norms'),
    ...figureTitle,
    rows: z.array(
      z.strictObject({
        ...origin,
        name: z.string(),
        attack: attackParams,
        n: count,
        meanNorm: z.number().min(0),
        maxNorm: z.number().min(0),
        /** Of equal width, from 0 to epsilon; examples whose norm is in each. */
        histogram: z.array(z.int().min(0)),
        /** By original label, in the order of the classes. */
        classes: z.array(z.strictObject({ name: z.string(), attackSuccess })),
      }),
    ),
  }),
  dashboard: null,
});
