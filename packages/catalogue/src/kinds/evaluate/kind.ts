import { predictionMemory } from '../../costs/memory.js';
import { evaluationCost } from '../../costs/tensor-cost.js';
import { defineKind, type PlanContext } from '../../definitions/kind-definition.js';
import { evaluateJob } from './job.js';
import { type EvaluateStep, evaluateProblems, evaluateReferences, evaluateStep } from './step.js';
import { evaluateJobWarnings } from './warnings.js';

export const evaluate = defineKind({
  description: `Accuracy of a model on a data set; with an attack, also on its examples: robust accuracy if it attacks this very model,
transfer if another.`,
  job: evaluateJob,
  step: evaluateStep,
  references: evaluateReferences,
  facts: (step, of) => of(step.dataset),
  problems: evaluateProblems,
  jobWarnings: evaluateJobWarnings,
  plan(name, step: EvaluateStep, context) {
    const { model, dataset, attack, batchSize } = step;
    const inputs = {
      evaluatedModel: context.keys(model),
      dataset: context.keys(dataset),
      adversarialExamples: attack === null ? [] : context.keys(attack),
    };
    const examples = context.images(name).examples + attacked(step, context);
    return [
      { params: { batchSize }, seed: 0, inputs, cost: evaluationCost(context.network(model), examples) },
    ];
  },
  memoryBytes: (_, step, context) =>
    predictionMemory(
      [context.network(step.model)],
      step.batchSize,
      context.images(step.dataset),
      attacked(step, context),
    ),
});

const attacked = ({ attack }: EvaluateStep, context: PlanContext) =>
  attack === null ? 0 : context.images(attack).examples;
