import { type DatasetName, imageShapeOf, type JobEstimate } from '@toogit/jobs';
import type { StepOf } from '@toogit/spec';
import { networkCost } from './network-cost.js';

/** Which images, and how many. */
export interface ImageFacts {
  origin: {
    dataset: DatasetName;
    /** Height and width, where the data set has no size of its own; else null. */
    imageSize: number | null;
  };
  examples: number;
}

/**
 * A backward pass to the input or to the weights costs about one forward pass each. So a training step is three forward
 * passes, a gradient to the input (a step of PGD) two.
 */
const trainingPasses = 3;
const gradientPasses = 2;

const pixelsOf = ({ dataset, imageSize }: ImageFacts['origin']) =>
  imageShapeOf(dataset, imageSize).reduce((product, n) => product * n, 1);
const forward = (model: StepOf<'train'>, { dataset, imageSize }: ImageFacts['origin']) =>
  networkCost(model, dataset, imageSize);

/** uint8 images and an int32 label each. */
export function importCost({ origin, examples }: ImageFacts): JobEstimate {
  return { flops: 0, bytes: examples * (pixelsOf(origin) + 4) };
}

/** float32 weights; checkpoints, which are removed, aren't counted. */
export function trainingCost(step: StepOf<'train'>, { origin, examples }: ImageFacts): JobEstimate {
  const { forwardFlops, parameters } = forward(step, origin);
  const attackPasses = step.adversarial === null ? 0 : gradientPasses * step.adversarial.steps;
  const passes = step.featuresFrom === null ? trainingPasses + attackPasses : 1;
  return { flops: passes * forwardFlops * examples * step.epochs, bytes: 4 * parameters };
}

/** float32 images and five columns of 4 bytes. The last pass predicts the labels. `models`: all that the loss asks. */
export function attackCost(
  step: StepOf<'attack'>,
  models: readonly StepOf<'train'>[],
  { origin, examples }: ImageFacts,
): JobEstimate {
  const gradients = step.steps * step.restarts * step.gradientSamples;
  const passes = gradientPasses * gradients + step.restarts;
  const pass = models.reduce((flops, model) => flops + forward(model, origin).forwardFlops, 0);
  return {
    flops: passes * pass * examples,
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

/** float32 images and four columns of 4 bytes. */
export function inversionCost(
  step: StepOf<'invert'>,
  model: StepOf<'train'>,
  { origin, examples }: ImageFacts,
): JobEstimate {
  const passes = gradientPasses * step.steps + 2;
  return {
    flops: passes * forward(model, origin).forwardFlops * examples,
    bytes: examples * (4 * pixelsOf(origin) + 16),
  };
}

/** Every feature is pushed down and up. */
export function featureResponsesCost(
  step: StepOf<'feature-responses'>,
  model: StepOf<'train'>,
  { origin, examples }: ImageFacts,
): JobEstimate {
  const { forwardFlops, features } = forward(model, origin);
  return {
    flops: 2 * features * step.steps * gradientPasses * forwardFlops * examples,
    bytes: 300 * features,
  };
}

/** Images that candidates for the most effective pattern of a class are tried on, together. */
const effectiveTrials = 16 * 200;

/** Three patterns a class; each universal one takes gradients over all examples, and is then tried on them. */
export function patternsCost(
  step: StepOf<'patterns'>,
  sourceModel: StepOf<'train'>,
  { origin, examples }: ImageFacts,
): JobEstimate {
  const classes = 10;
  const passes = (gradientPasses * step.universalEpochs + 1) * examples + effectiveTrials;
  return {
    flops: classes * passes * forward(sourceModel, origin).forwardFlops,
    bytes: 3 * classes * 4 * pixelsOf(origin),
  };
}

export const smallResultCost: JobEstimate = { flops: 0, bytes: 100_000 };

export const sum = (costs: readonly JobEstimate[]): JobEstimate =>
  costs.reduce((total, { flops, bytes }) => ({ flops: total.flops + flops, bytes: total.bytes + bytes }), {
    flops: 0,
    bytes: 0,
  });

export const reportCost: JobEstimate = { flops: 0, bytes: 200_000 };
