import type { NetworkCost } from '@toogit/networks';
import type { JobEstimate } from './job-estimate.js';
import { passWork, traceWork } from './work.js';

/**
 * A backward pass to the input or to the weights costs about one forward pass each. So a training step is three forward
 * passes, a gradient to the input (a step of PGD) two.
 */
export const trainingPasses = 3;
export const gradientPasses = 2;

/** `passes` over one image each, by every network; `traced`: work that is done once. */
export function tensorCost(
  networks: readonly NetworkCost[],
  passes: number,
  { traced, bytes }: { traced: number; bytes: number },
): JobEstimate {
  const all = (of: (network: NetworkCost) => number) =>
    passes * networks.reduce((total, network) => total + of(network), 0);
  return { flops: all(({ forwardFlops }) => forwardFlops), bytes, work: all(passWork) + traced };
}

/** Predictions of one network for so many images. */
export const evaluationCost = (network: NetworkCost, examples: number): JobEstimate =>
  tensorCost([network], examples, { traced: traceWork('frozen', network), bytes: 2_000 });

export const sumOfCosts = (costs: readonly JobEstimate[]): JobEstimate => ({
  flops: costs.reduce((total, { flops }) => total + flops, 0),
  bytes: costs.reduce((total, { bytes }) => total + bytes, 0),
  work: costs.reduce((total, { flops, work = flops }) => total + work, 0),
});
