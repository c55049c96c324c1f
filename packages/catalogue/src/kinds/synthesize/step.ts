import { z } from 'zod';
import type { StepContext, StepFacts } from '../../definitions/kind-definition.js';
import { type Problem, problem } from '../../problem.js';
import { reference } from '../../step-values.js';
import { constructions } from '../../values.js';
import type { AttackStep } from '../attack/step.js';
import type { InvertStep } from '../invert/step.js';
import type { TrainStep } from '../train/step.js';

export const synthesizeStep = z.strictObject({
  kind: z.literal('synthesize'),
  construction: z
    .enum(constructions)
    .describe(
      'd_det, d_rand: of an attack with targets next, random; d_robust, d_nonrobust: of an inversion of a robust, a standard model; mislabelled: of an evaluation.',
    ),
  examples: reference.describe('The `attack`, `invert` or `evaluate` step it is made of.'),
});
export type SynthesizeStep = z.output<typeof synthesizeStep>;

export const synthesizeReferences = { examples: ['attack', 'invert', 'evaluate'] };

/** A model's mistakes are its data set's own images; how many they are is known once it has been evaluated. */
export const synthesizedFacts = (
  { examples, construction }: SynthesizeStep,
  of: (name: string) => StepFacts,
): StepFacts => ({ ...of(examples), isBound: construction === 'mislabelled' });

const targetsFor = { d_det: 'next', d_rand: 'random' } as const;

/** Whether a construction is made of the kind of step that its name states. */
export function synthesizeProblems(step: SynthesizeStep, context: StepContext): Problem[] {
  const { construction, examples } = step;
  const needs = (what: string) => [
    problem('construction', `${construction} is made of ${what}; see ${examples}`),
  ];
  switch (construction) {
    case 'd_det':
    case 'd_rand': {
      const targets = targetsFor[construction];
      const attack = context.find<AttackStep>(examples, 'attack');
      return attack?.targets === targets ? [] : needs(`an attack with targets: ${targets}`);
    }
    case 'd_robust':
    case 'd_nonrobust': {
      const inversion = context.find<InvertStep>(examples, 'invert');
      const model = inversion && context.find<TrainStep>(inversion.model, 'train');
      const robust = construction === 'd_robust';
      return model && (model.adversarial !== null) === robust
        ? []
        : needs(`an inversion of a model trained ${robust ? 'adversarially' : 'without adversarial'}`);
    }
    case 'mislabelled':
      return context.find(examples, 'evaluate') ? [] : needs('an evaluation');
  }
}
