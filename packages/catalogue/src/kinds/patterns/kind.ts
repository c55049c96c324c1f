import type { NetworkCost } from '@toogit/networks';
import type { JobEstimate } from '../../costs/job-estimate.js';
import { gradientMemory } from '../../costs/memory.js';
import { gradientPasses, tensorCost } from '../../costs/tensor-cost.js';
import { traceWork } from '../../costs/work.js';
import { defineKind, type HeldImages, type PlanContext } from '../../definitions/kind-definition.js';
import type { AttackStep } from '../attack/step.js';
import { patternsJob } from './job.js';
import { type PatternsStep, patternsProblems, patternsReferences, patternsStep } from './step.js';

export const patterns = defineKind({
  description: `The perturbations toward each class: their mean, the most effective one, and one made for all images; and what models
predict for the bare pattern on grey.`,
  job: patternsJob,
  step: patternsStep,
  references: patternsReferences,
  facts: (step, of) => of(step.examples),
  problems: patternsProblems,
  plan(name, step: PatternsStep, context) {
    const { examples, evaluated, amplification, universalEpochs, batchSize } = step;
    const { sourceModel, dataset } = attackOf(step, context);
    const classes = context.facts(examples).images?.classes ?? 0;
    return [
      {
        params: {
          names: evaluated.map((model) => model.name),
          amplification,
          universalEpochs,
          batchSize,
        },
        seed: context.seedOf(name),
        inputs: {
          sourceModel: context.keys(sourceModel),
          dataset: context.keys(dataset),
          adversarialExamples: context.keys(examples),
          evaluatedModels: evaluated.flatMap(({ model }) => context.keys(model)),
        },
        cost: patternsCost(step, classes, context.network(sourceModel), context.images(examples)),
      },
    ];
  },
  memoryBytes(_, step, context) {
    const { sourceModel, dataset } = attackOf(step, context);
    const held = { ...context.images(dataset), examples: context.facts(step.examples).examples };
    return gradientMemory([context.network(sourceModel)], step.batchSize, held);
  },
});

const attackOf = ({ examples }: PatternsStep, context: PlanContext) =>
  context.step<AttackStep>(examples, 'attack');

/** Images that candidates for the most effective pattern of a class are tried on, together. */
const effectiveTrials = 16 * 200;

/** Three patterns a class; each universal one takes gradients over all examples, and is then tried on them. */
function patternsCost(
  { universalEpochs }: PatternsStep,
  classes: number,
  network: NetworkCost,
  { examples, pixels }: HeldImages,
): JobEstimate {
  const passes = (gradientPasses * universalEpochs + 1) * examples + effectiveTrials;
  return tensorCost([network], classes * passes, {
    // Each class's universal perturbation is traced anew.
    traced: classes * traceWork('frozen', network),
    bytes: 3 * classes * 4 * pixels,
  });
}
