import type { NetworkCost } from '@toogit/networks';
import { largestBlock, planBlocks } from '../../blocks.js';
import type { JobEstimate } from '../../costs/job-estimate.js';
import { featureAttackMemory } from '../../costs/memory.js';
import { gradientPasses, tensorCost } from '../../costs/tensor-cost.js';
import { traceWork } from '../../costs/work.js';
import { defineKind } from '../../definitions/kind-definition.js';
import { featureResponsesJob } from './job.js';
import {
  type FeatureResponsesStep,
  featureResponsesProblems,
  featureResponsesReferences,
  featureResponsesStep,
} from './step.js';
import { featureResponsesJobWarnings, featureResponsesStepWarnings } from './warnings.js';

export const featureResponses = defineKind({
  description:
    'The value of each penultimate feature of a model on each image, and how far PGD on that very feature moves it, down and up.',
  job: featureResponsesJob,
  step: featureResponsesStep,
  references: featureResponsesReferences,
  facts: ({ dataset, examples }, of) => ({ ...of(dataset), examples: examples ?? of(dataset).examples }),
  problems: featureResponsesProblems,
  stepWarnings: featureResponsesStepWarnings,
  jobWarnings: featureResponsesJobWarnings,
  plan(name, step: FeatureResponsesStep, context) {
    const { kind: _, model, dataset, examples: __, blockSize, ...perturbation } = step;
    const inputs = { model: context.keys(model), dataset: context.keys(dataset) };
    const seed = context.seedOf(name);
    const network = context.network(model);
    return planBlocks(
      context.images(name).examples,
      blockSize,
      (examples, blocks) => featureResponsesCost(step, network, examples, blocks),
      (block) => ({ params: { perturbation, block }, seed, inputs }),
    );
  },
  memoryBytes: (name, { model, dataset, blockSize }, context) =>
    featureAttackMemory(
      context.network(model),
      largestBlock(context.facts(name).examples, blockSize),
      context.images(dataset),
    ),
});

/** Every feature is pushed down and up. */
function featureResponsesCost(
  { steps }: FeatureResponsesStep,
  network: NetworkCost,
  examples: number,
  blocks: number,
): JobEstimate {
  const passes = 2 * network.features * steps * gradientPasses;
  return tensorCost([network], passes * examples, {
    traced: traceWork('frozen', network) / blocks,
    bytes: 300 * network.features,
  });
}
