import type { DatasetName, JobEstimate } from '@toogit/jobs';
import type { StepOf } from '@toogit/spec';
import { imageShapes, networkCost } from './network-cost.js';

/** Which images, and how many. */
export interface ImageFacts {
  origin: DatasetName;
  examples: number;
}

/**
 * A backward pass to the input or to the weights costs about one forward pass each. So a training step is three forward
 * passes, a gradient to the input (a step of PGD) two.
 */
const trainingPasses = 3;
const gradientPasses = 2;

const pixelsOf = (origin: DatasetName) => imageShapes[origin].reduce((product, n) => product * n, 1);
const forward = (model: StepOf<'train'>, origin: DatasetName) => networkCost(model, origin);

/** uint8 images and an int32 label each. */
export function importCost({ origin, examples }: ImageFacts): JobEstimate {
  return { flops: 0, bytes: examples * (pixelsOf(origin) + 4) };
}

/** float32 weights; checkpoints, which are removed, aren't counted. */
export function trainingCost(step: StepOf<'train'>, { origin, examples }: ImageFacts): JobEstimate {
  const { forwardFlops, parameters } = forward(step, origin);
  return { flops: trainingPasses * forwardFlops * examples * step.epochs, bytes: 4 * parameters };
}

/** float32 images and five columns of 4 bytes. The last pass predicts the labels. */
export function attackCost(
  step: StepOf<'attack'>,
  sourceModel: StepOf<'train'>,
  { origin, examples }: ImageFacts,
): JobEstimate {
  const gradients = step.steps * step.restarts * step.gradientSamples;
  const passes = gradientPasses * gradients + step.restarts;
  return {
    flops: passes * forward(sourceModel, origin).forwardFlops * examples,
    bytes: examples * (4 * pixelsOf(origin) + 20),
  };
}

/** Five columns of 17 bytes together; the images are shared with the attack's blocks. */
export function synthesisCost({ examples }: ImageFacts): JobEstimate {
  return { flops: 0, bytes: examples * 17 };
}

export function evaluationCost(model: StepOf<'train'>, { origin, examples }: ImageFacts): JobEstimate {
  return { flops: forward(model, origin).forwardFlops * examples, bytes: 2_000 };
}

export const reportCost: JobEstimate = { flops: 0, bytes: 200_000 };
