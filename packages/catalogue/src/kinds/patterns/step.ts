import { label } from '@toogit/core';
import { z } from 'zod';
import type { StepContext } from '../../definitions/kind-definition.js';
import { type Problem, problem } from '../../problem.js';
import { batchSize, reference } from '../../step-values.js';
import { count } from '../../values.js';
import type { AttackStep } from '../attack/step.js';

/** Settings of the patterns, without what they are patterns of. */
export const patternsShape = {
  amplification: z
    .number()
    .positive()
    .max(100)
    .describe('How much longer than epsilon the bare pattern is.')
    .default(8),
  universalEpochs: count
    .max(100)
    .describe("Passes of the universal perturbation's PGD over the attacked examples.")
    .default(2),
};

export const patternsStep = z.strictObject({
  kind: z.literal('patterns'),
  examples: reference.describe('A targeted `attack` step.'),
  evaluated: z
    .array(
      z.strictObject({
        name: label().describe('What the figure calls it.'),
        model: reference.describe('A `train` step.'),
      }),
    )
    .max(32)
    .describe('Models that classify the bare patterns.')
    .default([]),
  ...patternsShape,
  batchSize,
});
export type PatternsStep = z.output<typeof patternsStep>;

export const patternsReferences = { examples: ['attack'], 'evaluated.*.model': ['train'] };

export function patternsProblems({ examples }: PatternsStep, context: StepContext): Problem[] {
  if (context.find<AttackStep>(examples, 'attack')?.targets !== 'none') return [];
  return [problem('examples', `${examples} has no targets; patterns are of perturbations toward a class`)];
}
