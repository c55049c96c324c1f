import { predictionMemory } from '../../costs/memory.js';
import { evaluationCost, sumOfCosts } from '../../costs/tensor-cost.js';
import { defineKind, type PlanContext } from '../../definitions/kind-definition.js';
import type { AttackStep } from '../attack/step.js';
import { transferMatrixJob } from './job.js';
import {
  firstAttack,
  type TransferMatrixStep,
  transferMatrixProblems,
  transferMatrixReferences,
  transferMatrixStep,
} from './step.js';

export const transferMatrix = defineKind({
  description: 'Each model’s adversarial examples against every model.',
  job: transferMatrixJob,
  step: transferMatrixStep,
  references: transferMatrixReferences,
  facts: (step, of) => of(firstAttack(step)),
  problems: transferMatrixProblems,
  plan(name, step: TransferMatrixStep, context) {
    const { models, batchSize } = step;
    const examples = context.images(name).examples * models.length;
    const costs = models.map(({ model }) => evaluationCost(context.network(model), examples));
    return [
      {
        params: { names: models.map((model) => model.name), batchSize },
        seed: 0,
        inputs: {
          models: models.flatMap(({ model }) => context.keys(model)),
          dataset: context.keys(attackedSet(step, context)),
          adversarialExamples: models.flatMap(({ attack }) => context.keys(attack)),
        },
        cost: sumOfCosts(costs),
      },
    ];
  },
  memoryBytes(name, step, context) {
    const networks = step.models.map(({ model }) => context.network(model));
    const held = { ...context.images(attackedSet(step, context)), examples: 0 };
    return predictionMemory(networks, step.batchSize, held, context.facts(name).examples);
  },
});

const attackedSet = (step: TransferMatrixStep, context: PlanContext) =>
  context.step<AttackStep>(firstAttack(step), 'attack').dataset;
