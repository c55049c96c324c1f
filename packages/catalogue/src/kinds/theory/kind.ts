import type { JobEstimate } from '../../costs/job-estimate.js';
import { smallResultMemory } from '../../costs/memory.js';
import { defineKind, noImages } from '../../definitions/kind-definition.js';
import { theoryJob } from './job.js';
import { type TheoryStep, theoryStep } from './step.js';

export const theory = defineKind({
  description: `Two Gaussians, learned by maximum likelihood and robustly: closed forms beside numerical optimisation (Ilyas et al. 2019,
section 4).`,
  job: theoryJob,
  step: theoryStep,
  references: {},
  facts: () => noImages,
  plan(name, step: TheoryStep, context) {
    const { kind: _, ...params } = step;
    return [{ params, seed: context.seedOf(name), inputs: {}, cost: theoryCost(step) }];
  },
  memoryBytes: () => smallResultMemory,
});

/** Up to here whole matrices are fitted as well (packages/theory). */
const largestFullDimension = 64;

/** As measured: fits to samples of 512 to 4,096 draws, and for few dimensions to closed forms. */
function theoryCost({ dimensions, epsilons }: TheoryStep): JobEstimate {
  const fitFlops = (dimension: number) => {
    const draws = Math.min(4096, Math.max(512, 2 ** 17 / dimension));
    return 3e7 + 730 * draws * dimension + (dimension <= largestFullDimension ? 1_900 * dimension ** 3 : 0);
  };
  const flops = epsilons.length * dimensions.reduce((total, dimension) => total + fitFlops(dimension), 0);
  return { flops, bytes: 100_000 };
}
