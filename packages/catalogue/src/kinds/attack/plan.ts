import type { NetworkCost } from '@toogit/networks';
import { attackOf, defaultAttack, ownParametersOf } from '../../attacks.js';
import { largestBlock, planBlocks } from '../../blocks.js';
import type { JobEstimate } from '../../costs/job-estimate.js';
import { gradientMemory } from '../../costs/memory.js';
import { tensorCost } from '../../costs/tensor-cost.js';
import { traceWork } from '../../costs/work.js';
import type { HeldImages, JobPlan, PlanContext } from '../../definitions/kind-definition.js';
import type { AttackJobParams } from './job.js';
import type { AttackStep } from './step.js';

export function planAttack(name: string, step: AttackStep, context: PlanContext): JobPlan<AttackJobParams>[] {
  const {
    kind: _,
    method,
    sourceModel,
    nonTransferModels,
    dataset,
    examples: __,
    blockSize,
    ...params
  } = step;
  const inputs = {
    sourceModel: context.keys(sourceModel),
    dataset: context.keys(dataset),
    nonTransferModels: nonTransferModels.flatMap((model) => context.keys(model)),
  };
  const seed = context.seedOf(name);
  const cropsOnly = params.gradientSamples > 1 && context.facts(dataset).images?.mirrorable === false;
  const named = method === defaultAttack ? {} : { method };
  const attack = { ...named, ...params, ...(cropsOnly && { gradientAugmentation: 'crop' as const }) };
  const networks = modelsOf(step).map((model) => context.network(model));
  const images = context.images(name);
  return planBlocks(
    images.examples,
    blockSize,
    (examples, blocks) => attackCost(step, networks, { ...images, examples }, blocks),
    (block) => ({ params: { ...attack, block }, seed, inputs }),
  );
}

export const attackBytes = (name: string, step: AttackStep, context: PlanContext): number =>
  gradientMemory(
    modelsOf(step).map((model) => context.network(model)),
    largestBlock(context.facts(name).examples, step.blockSize),
    context.images(step.dataset),
  );

/** All that the loss needs. */
const modelsOf = ({ sourceModel, nonTransferModels }: AttackStep) => [sourceModel, ...nonTransferModels];

/**
 * float32 images and five columns of 4 bytes. A pass a restart compares the results, or one a step; the last predicts the labels.
 * @param blocks jobs that call the same traced step
 */
function attackCost(
  step: AttackStep,
  networks: readonly NetworkCost[],
  { examples, pixels }: HeldImages,
  blocks: number,
): JobEstimate {
  const gradients = step.steps * step.restarts * step.gradientSamples;
  const compared = ownParametersOf(step).bestIterate === true ? step.steps : 1;
  const passes = attackOf(step).passesPerStep * gradients + step.restarts * compared;
  const traced = networks.reduce((total, network) => total + traceWork('frozen', network), 0);
  return tensorCost(networks, passes * examples, {
    traced: (step.gradientSamples * traced) / blocks,
    bytes: examples * (4 * pixels + 20),
  });
}
