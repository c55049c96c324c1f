import { label } from '@toogit/core';
import { z } from 'zod';
import type { StepContext } from '../../definitions/kind-definition.js';
import { type Problem, problem } from '../../problem.js';
import { batchSize, reference } from '../../step-values.js';
import type { AttackStep } from '../attack/step.js';

export const transferMatrixStep = z.strictObject({
  kind: z.literal('transfer-matrix'),
  models: z
    .array(
      z.strictObject({
        name: label().describe('What the matrix calls it.'),
        model: reference.describe('A `train` step.'),
        attack: reference.describe('An `attack` step on that model.'),
      }),
    )
    .min(2)
    .max(32)
    .describe('Each attack against each model.'),
  batchSize,
});
export type TransferMatrixStep = z.output<typeof transferMatrixStep>;

export const transferMatrixReferences = { 'models.*.model': ['train'], 'models.*.attack': ['attack'] };

/** The rates of a matrix are of the same images: those of its first attack. */
export const firstAttack = ({ models }: TransferMatrixStep) => models[0]?.attack ?? '';

export const transferMatrixProblems = (step: TransferMatrixStep, context: StepContext): Problem[] => [
  ...otherSources(step, context),
  ...differentImages(step, context),
];

const attackOf = (name: string, context: StepContext) => context.find<AttackStep>(name, 'attack');

function otherSources({ models }: TransferMatrixStep, context: StepContext): Problem[] {
  return models.flatMap(({ model, attack: name }, i) => {
    const attack = attackOf(name, context);
    if (attack === undefined || attack.sourceModel === model) return [];
    return [problem(`models.${i}.attack`, `${name} attacks ${attack.sourceModel}, not ${model}`)];
  });
}

function differentImages({ models }: TransferMatrixStep, context: StepContext): Problem[] {
  const datasets = models.map(({ attack }) => attackOf(attack, context)?.dataset ?? null);
  const other = datasets.findIndex((dataset) => dataset !== datasets[0]);
  if (other < 0) return [];
  const [first, second] = [models[0]?.attack, models[other]?.attack];
  const message = `${second} attacks ${datasets[other]}, ${first} attacks ${datasets[0]}; all must attack the same`;
  return [problem(`models.${other}.attack`, message)];
}
