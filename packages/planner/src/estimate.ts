import { type DatasetName, imageShapeOf, type JobEstimate } from '@toogit/catalogue';
import type { StepOf } from '@toogit/spec';
import { type NetworkCost, networkCost } from './network-cost.js';
import { byteWork, passWork, traceWork } from './work.js';

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
/** Training images that a finished model is examined on. */
const mostExamined = 2_000;

const pixelsOf = ({ dataset, imageSize }: ImageFacts['origin']) =>
  imageShapeOf(dataset, imageSize).reduce((product, n) => product * n, 1);
const costOf = (model: StepOf<'train'>, { dataset, imageSize }: ImageFacts['origin']) =>
  networkCost(model, dataset, imageSize);

/** `passes` over one image each, by every network. */
function tensorCost(
  networks: readonly NetworkCost[],
  passes: number,
  { traced, bytes }: { traced: number; bytes: number },
): JobEstimate {
  const all = (of: (network: NetworkCost) => number) =>
    passes * networks.reduce((total, network) => total + of(network), 0);
  return { flops: all(({ forwardFlops }) => forwardFlops), bytes, work: all(passWork) + traced };
}

/** Reading the whole archive, and decoding each image that comes as a file of its own; in flops. */
const importWork: Record<DatasetName, { archive: number; image: number }> = {
  cifar10: { archive: 2.5e9, image: 0 },
  mnist: { archive: 0.5e9, image: 0 },
  'restricted-imagenet': { archive: 0, image: 1e7 },
};

/** uint8 images and an int32 label each. */
export function importCost({ origin, examples }: ImageFacts): JobEstimate {
  const bytes = examples * (pixelsOf(origin) + 4);
  const { archive, image } = importWork[origin.dataset];
  return { flops: 0, bytes, work: archive + image * examples + byteWork * bytes };
}

/** float32 weights; checkpoints, which are removed, aren't counted. */
export function trainingCost(step: StepOf<'train'>, { origin, examples }: ImageFacts): JobEstimate {
  const network = costOf(step, origin);
  const passes = passesOfTraining(step) * examples + Math.min(mostExamined, examples);
  const traced = traceWork('train', network) * (1 + (step.adversarial?.steps ?? 0));
  return tensorCost([network], passes, { traced, bytes: 4 * network.parameters });
}

/** Over each image. A linear probe only computes features: once, where the images stay what they are. */
function passesOfTraining({ adversarial, featuresFrom, augmentation, epochs }: StepOf<'train'>): number {
  const attackPasses = adversarial === null ? 0 : gradientPasses * adversarial.steps;
  if (featuresFrom === null) return epochs * (trainingPasses + attackPasses);
  return adversarial === null && augmentation === 'none' ? 1 : epochs * (1 + attackPasses);
}

/**
 * float32 images and five columns of 4 bytes. The last pass predicts the labels. `models`: all that the loss asks.
 * @param blocks jobs that call the same traced step
 */
export function attackCost(
  step: StepOf<'attack'>,
  models: readonly StepOf<'train'>[],
  { origin, examples }: ImageFacts,
  blocks: number,
): JobEstimate {
  const networks = models.map((model) => costOf(model, origin));
  const gradients = step.steps * step.restarts * step.gradientSamples;
  const passes = gradientPasses * gradients + step.restarts;
  const traced = networks.reduce((total, network) => total + traceWork('frozen', network), 0);
  return tensorCost(networks, passes * examples, {
    traced: (step.gradientSamples * traced) / blocks,
    bytes: examples * (4 * pixelsOf(origin) + 20),
  });
}

/** Five columns of 17 bytes together; the images are shared with the attack's blocks. */
export function synthesisCost({ examples }: ImageFacts): JobEstimate {
  const bytes = examples * 17;
  return { flops: 0, bytes, work: byteWork * bytes };
}

export function evaluationCost(model: StepOf<'train'>, { origin, examples }: ImageFacts): JobEstimate {
  const network = costOf(model, origin);
  return tensorCost([network], examples, { traced: traceWork('frozen', network), bytes: 2_000 });
}

/** float32 images and four columns of 4 bytes. */
export function inversionCost(
  step: StepOf<'invert'>,
  model: StepOf<'train'>,
  { origin, examples }: ImageFacts,
  blocks: number,
): JobEstimate {
  const network = costOf(model, origin);
  const passes = gradientPasses * step.steps + 2;
  return tensorCost([network], passes * examples, {
    traced: traceWork('frozen', network) / blocks,
    bytes: examples * (4 * pixelsOf(origin) + 16),
  });
}

/** Every feature is pushed down and up. */
export function featureResponsesCost(
  step: StepOf<'feature-responses'>,
  model: StepOf<'train'>,
  { origin, examples }: ImageFacts,
  blocks: number,
): JobEstimate {
  const network = costOf(model, origin);
  const passes = 2 * network.features * step.steps * gradientPasses;
  return tensorCost([network], passes * examples, {
    traced: traceWork('frozen', network) / blocks,
    bytes: 300 * network.features,
  });
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
  const network = costOf(sourceModel, origin);
  const passes = (gradientPasses * step.universalEpochs + 1) * examples + effectiveTrials;
  return tensorCost([network], classes * passes, {
    // Each class's universal perturbation is traced anew.
    traced: classes * traceWork('frozen', network),
    bytes: 3 * classes * 4 * pixelsOf(origin),
  });
}

/** Up to here whole matrices are fitted as well (packages/theory). */
const largestFullDimension = 64;

/** As measured: fits to samples of 512 to 4,096 draws, and for few dimensions to closed forms. */
export function theoryCost({ dimensions, epsilons }: StepOf<'theory'>): JobEstimate {
  const fitFlops = (dimension: number) => {
    const draws = Math.min(4096, Math.max(512, 2 ** 17 / dimension));
    return 3e7 + 730 * draws * dimension + (dimension <= largestFullDimension ? 1_900 * dimension ** 3 : 0);
  };
  const flops = epsilons.length * dimensions.reduce((total, dimension) => total + fitFlops(dimension), 0);
  return { flops, bytes: 100_000 };
}

export const smallResultCost: JobEstimate = { flops: 0, bytes: 100_000, work: byteWork * 100_000 };

export const sum = (costs: readonly JobEstimate[]): JobEstimate => ({
  flops: costs.reduce((total, { flops }) => total + flops, 0),
  bytes: costs.reduce((total, { bytes }) => total + bytes, 0),
  work: costs.reduce((total, { flops, work = flops }) => total + work, 0),
});

export const reportCost: JobEstimate = { flops: 0, bytes: 200_000, work: byteWork * 200_000 };
