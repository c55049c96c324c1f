import type { NetworkCost } from '@toogit/networks';
import type { JobEstimate } from '../../costs/job-estimate.js';
import { trainingMemory } from '../../costs/memory.js';
import { gradientPasses, tensorCost, trainingPasses } from '../../costs/tensor-cost.js';
import { traceWork } from '../../costs/work.js';
import type { JobPlan, PlanContext } from '../../definitions/kind-definition.js';
import type { TrainParams } from './job.js';
import type { TrainStep } from './step.js';

/** Training images that a finished model is examined on. */
const mostExamined = 2_000;

export function planTraining(name: string, step: TrainStep, context: PlanContext): JobPlan<TrainParams>[] {
  const { kind: _, dataset, featuresFrom, ...params } = step;
  const inputs = {
    dataset: context.keys(dataset),
    featuresFrom: featuresFrom === null ? [] : context.keys(featuresFrom),
  };
  const cost = trainingCost(step, context.network(name), context.images(name).examples);
  return [{ params, seed: context.seedOf(name), inputs, cost }];
}

export const trainingBytes = (name: string, step: TrainStep, context: PlanContext): number =>
  trainingMemory(
    { batchSize: step.batchSize, probe: step.featuresFrom !== null },
    context.network(name),
    context.images(step.dataset),
  );

/** float32 weights; checkpoints, which are removed, aren't counted. */
function trainingCost(step: TrainStep, network: NetworkCost, examples: number): JobEstimate {
  const passes = passesOfTraining(step) * examples + Math.min(mostExamined, examples);
  const traced = traceWork('train', network) * (1 + (step.adversarial?.steps ?? 0));
  return tensorCost([network], passes, { traced, bytes: 4 * network.parameters });
}

/** Over each image. A linear probe only computes features: once, where the images stay what they are. */
function passesOfTraining({ adversarial, featuresFrom, augmentation, epochs }: TrainStep): number {
  const attackPasses = adversarial === null ? 0 : gradientPasses * adversarial.steps;
  if (featuresFrom === null) return epochs * (trainingPasses + attackPasses);
  return adversarial === null && augmentation === 'none' ? 1 : epochs * (1 + attackPasses);
}
