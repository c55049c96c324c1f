import type { NetworkCost } from '@toogit/networks';
import { largestBlock, planBlocks } from '../../blocks.js';
import type { JobEstimate } from '../../costs/job-estimate.js';
import { gradientMemory } from '../../costs/memory.js';
import { gradientPasses, tensorCost } from '../../costs/tensor-cost.js';
import { traceWork } from '../../costs/work.js';
import { defineKind, type HeldImages } from '../../definitions/kind-definition.js';
import { perturbedFacts } from '../attack/step.js';
import { invertJob } from './job.js';
import { type InvertStep, invertProblems, invertReferences, invertStep } from './step.js';

export const invert = defineKind({
  description: `Searches, for each image, another that a model represents alike: normalised L2 descent on the distance of their penultimate
representations (Ilyas et al. 2019, appendix C.4).`,
  job: invertJob,
  step: invertStep,
  references: invertReferences,
  facts: perturbedFacts,
  problems: invertProblems,
  plan(name, step: InvertStep, context) {
    const { kind: _, model, dataset, examples: __, blockSize, ...params } = step;
    const inputs = { model: context.keys(model), dataset: context.keys(dataset) };
    const seed = context.seedOf(name);
    const network = context.network(model);
    const images = context.images(name);
    return planBlocks(
      images.examples,
      blockSize,
      (examples, blocks) => inversionCost(step, network, { ...images, examples }, blocks),
      (block) => ({ params: { ...params, block }, seed, inputs }),
    );
  },
  memoryBytes: (name, { model, dataset, blockSize }, context) =>
    gradientMemory(
      [context.network(model)],
      largestBlock(context.facts(name).examples, blockSize),
      context.images(dataset),
    ),
});

/** float32 images and four columns of 4 bytes. */
function inversionCost(
  { steps }: InvertStep,
  network: NetworkCost,
  { examples, pixels }: HeldImages,
  blocks: number,
): JobEstimate {
  const passes = gradientPasses * steps + 2;
  return tensorCost([network], passes * examples, {
    traced: traceWork('frozen', network) / blocks,
    bytes: examples * (4 * pixels + 16),
  });
}
