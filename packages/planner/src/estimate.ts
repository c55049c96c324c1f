import type { DatasetName, JobEstimate } from '@toogit/jobs';
import type { StepOf } from '@toogit/spec';
import { imageShapeOf, networkCost } from './network-cost.js';

/** Which images, and how many. */
export interface ImageFacts {
  origin: DatasetName;
  /** Height and width, where the data set has no size of its own; else null. */
  imageSize: number | null;
  examples: number;
}

/**
 * A backward pass to the input or to the weights costs about one forward pass each. So a training step is three forward
 * passes, a gradient to the input (a step of PGD) two.
 */
const trainingPasses = 3;
const gradientPasses = 2;

const pixelsOf = ({ origin, imageSize }: ImageFacts) =>
  imageShapeOf(origin, imageSize).reduce((product, n) => product * n, 1);
const forward = (model: StepOf<'train'>, { origin, imageSize }: ImageFacts) =>
  networkCost(model.architecture, model.width, origin, imageSize);

/** uint8 images and an int32 label each. */
export function importCost(facts: ImageFacts): JobEstimate {
  return { flops: 0, bytes: facts.examples * (pixelsOf(facts) + 4) };
}

/** float32 weights; checkpoints, which are removed, aren't counted. */
export function trainingCost(step: StepOf<'train'>, facts: ImageFacts): JobEstimate {
  const { forwardFlops, parameters } = forward(step, facts);
  return { flops: trainingPasses * forwardFlops * facts.examples * step.epochs, bytes: 4 * parameters };
}

/** float32 images and five columns of 4 bytes. The last pass predicts the labels. */
export function attackCost(
  step: StepOf<'attack'>,
  sourceModel: StepOf<'train'>,
  facts: ImageFacts,
): JobEstimate {
  const gradients = step.steps * step.restarts * step.gradientSamples;
  const passes = gradientPasses * gradients + step.restarts;
  return {
    flops: passes * forward(sourceModel, facts).forwardFlops * facts.examples,
    bytes: facts.examples * (4 * pixelsOf(facts) + 20),
  };
}

/** Five columns of 17 bytes together; the images are shared with the attack's blocks. */
export function synthesisCost({ examples }: ImageFacts): JobEstimate {
  return { flops: 0, bytes: examples * 17 };
}

export function evaluationCost(model: StepOf<'train'>, facts: ImageFacts): JobEstimate {
  return { flops: forward(model, facts).forwardFlops * facts.examples, bytes: 2_000 };
}

export const reportCost: JobEstimate = { flops: 0, bytes: 200_000 };
