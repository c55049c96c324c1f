import { architectureNames, depthProblem, depthsOf, smallestImageOf } from '@toogit/networks';
import { z } from 'zod';
import type { StepContext, StepFacts } from '../../definitions/kind-definition.js';
import { positiveDistance } from '../../pixel-distance.js';
import { type Problem, problem } from '../../problem.js';
import { defaultStepSize, imageSteps, precision, reference } from '../../step-values.js';
import { type Augmentation, augmentations, count, fraction, norms, schedule } from '../../values.js';

/** Settings of the inner maximisation. Defaults are the paper's: 7 steps, no random start. */
export const adversarialShape = {
  norm: z.enum(norms).describe('Norm of the perturbation.'),
  epsilon: positiveDistance.describe('Radius of the perturbation set, in [0,1] pixel units.'),
  stepSize: positiveDistance
    .exactOptional()
    .describe('Length of a step, in [0,1] pixel units; a fifth of epsilon unless given.'),
  steps: count.max(100).describe('Steps of PGD for each batch.').default(7),
  randomStart: z.boolean().describe('Start at a random point of the perturbation set.').default(false),
};

const adversarialTraining = z
  .strictObject(adversarialShape)
  .transform((inner) => ({ ...inner, stepSize: inner.stepSize ?? defaultStepSize(inner.epsilon) }));

/** Settings of one training, without what it trains on. */
export const trainingShape = {
  architecture: z.enum(architectureNames).describe('Which network.'),
  width: z.number().positive().max(16).describe('Fraction of the published channel counts.').default(1),
  depth: count
    .nullable()
    .describe('Layers, for architectures that come in several depths; null is the published one.')
    .default(null),
  epochs: count.describe('Passes over the data set.').default(150),
  batchSize: count.describe('Most examples a step; an epoch is cut evenly.').default(128),
  learningRate: z.number().positive().describe('Highest learning rate of the schedule.').default(0.1),
  schedule: schedule
    .describe('How the learning rate changes over the training.')
    .default({ kind: 'step', everyEpochs: 50, factor: 0.1 }),
  momentum: fraction.describe('Momentum of SGD.').default(0.9),
  nesterov: z.boolean().describe('Nesterov momentum.').default(false),
  weightDecay: z.number().min(0).describe('L2 penalty on the weights.').default(5e-4),
  augmentation: z
    .enum(augmentations)
    .exactOptional()
    .describe('Random changes of the training images; flip-crop unless given, crop for digits.'),
  labelSmoothing: fraction.describe('Share of each label spread over all classes.').default(0),
  adversarial: adversarialTraining
    .nullable()
    .describe('Adversarial training: each batch is perturbed first; null is standard training.')
    .default(null),
  precision,
};

export const trainStep = z.strictObject({
  kind: z.literal('train'),
  dataset: reference.describe('A `dataset` or `synthesize` step.'),
  ...trainingShape,
  featuresFrom: reference
    .nullable()
    .describe('A `train` step whose features are kept: only the last layer is trained (a linear probe).')
    .default(null),
  checkpointEveryEpochs: count.describe('A checkpoint after every so many epochs.').default(1),
});
type ParsedTrainStep = z.output<typeof trainStep>;
export type TrainStep = ParsedTrainStep & { augmentation: Augmentation };

export const trainReferences = { dataset: imageSteps, featuresFrom: ['train'] };

/** The usual augmentation of the images unless one is given: no mirror where that changes the class. */
export function resolveTraining(step: ParsedTrainStep, of: (name: string) => StepFacts): TrainStep {
  const usual = of(step.dataset).images?.mirrorable === false ? 'crop' : 'flip-crop';
  return { ...step, augmentation: step.augmentation ?? usual };
}

export function trainProblems(step: TrainStep, context: StepContext): Problem[] {
  return [
    ...otherNetwork(step, context),
    ...noSuchDepth(step),
    ...imagesTooSmall(step, context.facts(step.dataset)),
  ];
}

/** A linear probe reads the features of a network like its own. */
function otherNetwork(step: TrainStep, context: StepContext): Problem[] {
  const { featuresFrom } = step;
  const body = featuresFrom === null ? undefined : context.find<TrainStep>(featuresFrom, 'train');
  if (body === undefined) return [];
  const differing = (['architecture', 'width', 'depth'] as const).find((key) => step[key] !== body[key]);
  if (differing === undefined) return [];
  const message = `${step[differing]} here, ${body[differing]} in ${featuresFrom}, whose features are kept`;
  return [problem(differing, message)];
}

function noSuchDepth({ architecture, depth }: TrainStep): Problem[] {
  const message = depthProblem(architecture, depth);
  if (message === null) return [];
  return [
    depthsOf(architecture) ? problem('depth', message) : problem('depth', message, () => 'leave depth out'),
  ];
}

function imagesTooSmall({ architecture }: TrainStep, { images }: StepFacts): Problem[] {
  if (images === null) return [];
  const [height, width] = images.shape;
  if (Math.min(height, width) >= smallestImageOf(architecture)) return [];
  const message = `images of ${images.dataset} (${height}×${width}) are too small for ${architecture}`;
  return [problem('architecture', message)];
}
