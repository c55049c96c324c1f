import { z } from 'zod';
import type { StepContext } from '../../definitions/kind-definition.js';
import { type Problem, problem } from '../../problem.js';
import { batchSize, imageSteps, reference } from '../../step-values.js';
import type { AttackStep } from '../attack/step.js';
import { otherImages } from '../image-problems.js';

export const evaluateStep = z.strictObject({
  kind: z.literal('evaluate'),
  model: reference.describe('The `train` step whose model is evaluated.'),
  dataset: reference.describe('The `dataset` or `synthesize` step it is evaluated on.'),
  attack: reference
    .nullable()
    .describe('An `attack` step on the same data set, for robust accuracy or transfer.')
    .default(null),
  batchSize,
});
export type EvaluateStep = z.output<typeof evaluateStep>;

export const evaluateReferences = { model: ['train'], dataset: imageSteps, attack: ['attack'] };

export const evaluateProblems = (step: EvaluateStep, context: StepContext): Problem[] => [
  ...otherImages('model', step.model, step.dataset, context),
  ...(step.attack === null ? [] : otherDataset(step.dataset, step.attack, context)),
];

function otherDataset(dataset: string, name: string, context: StepContext): Problem[] {
  const attack = context.find<AttackStep>(name, 'attack');
  if (attack === undefined || attack.dataset === dataset) return [];
  const message = `${name} attacks ${attack.dataset}; its examples can't be evaluated against ${dataset}`;
  return [problem('attack', message, () => `did you mean dataset: ${attack.dataset}?`)];
}
