import {
  architectures,
  augmentations,
  constructions,
  datasetNames,
  imageSize,
  norms,
  precisions,
  schedule,
  splits,
  targetRules,
} from '@toogit/jobs';
import { z } from 'zod';
import { pixelDistance } from './pixel-distance.js';

/** The steps of a graph. Defaults are the paper's (Ilyas et al. 2019) where it states a value. */

const count = z.int().positive();
const fraction = z.number().min(0).max(1);

/** The name of another step. */
const reference = z.string().min(1).max(64);

const dataset = z
  .strictObject({
    kind: z.literal('dataset'),
    dataset: z.enum(datasetNames).describe('Which data set.'),
    split: z.enum(splits).describe('Which split of it.'),
    examples: count.nullable().describe('The first so many examples; null is all.').default(null),
    imageSize: imageSize
      .exactOptional()
      .describe('Height and width of the images of restricted-imagenet; 224 unless given.'),
  })
  .transform((step) => (step.dataset === 'restricted-imagenet' ? { imageSize: 224, ...step } : step));

const precision = z
  .enum(precisions)
  .describe('What convolutions are computed in; bfloat16 is faster on CPUs that have it.')
  .default('float32');

/** The inner maximisation. The paper's: 7 steps, no random start. */
const adversarialTraining = z
  .strictObject({
    norm: z.enum(norms).describe('Norm of the perturbation.'),
    epsilon: pixelDistance
      .refine((value) => value > 0, { error: 'must be greater than 0' })
      .describe('Radius of the perturbation set, in [0,1] pixel units.'),
    stepSize: pixelDistance
      .refine((value) => value > 0, { error: 'must be greater than 0' })
      .exactOptional()
      .describe('Length of a step, in [0,1] pixel units; a fifth of epsilon unless given.'),
    steps: count.max(100).describe('Steps of PGD for each batch.').default(7),
    randomStart: z.boolean().describe('Start at a random point of the perturbation set.').default(false),
  })
  .transform((inner) => ({ ...inner, stepSize: inner.stepSize ?? defaultStepSize(inner.epsilon) }));

/** Settings of one training, without what it trains on. */
export const trainingShape = {
  architecture: z.enum(architectures).describe('Which network.'),
  width: z.number().positive().max(16).describe('Fraction of the published channel counts.').default(1),
  depth: count
    .nullable()
    .describe('Layers, for architectures that come in several depths; null is the published one.')
    .default(null),
  epochs: count.describe('Passes over the data set.').default(150),
  batchSize: count.describe('Examples a step.').default(128),
  learningRate: z.number().positive().describe('Highest learning rate of the schedule.').default(0.1),
  schedule: schedule
    .describe('How the learning rate changes over the training.')
    .default({ kind: 'step', everyEpochs: 50, factor: 0.1 }),
  momentum: fraction.describe('Momentum of SGD.').default(0.9),
  nesterov: z.boolean().describe('Nesterov momentum.').default(false),
  weightDecay: z.number().min(0).describe('L2 penalty on the weights.').default(5e-4),
  augmentation: z.enum(augmentations).describe('Random changes of the training images.').default('flip-crop'),
  labelSmoothing: fraction.describe('Share of each label spread over all classes.').default(0),
  adversarial: adversarialTraining
    .nullable()
    .describe('Adversarial training: each batch is perturbed first; null is standard training.')
    .default(null),
  precision,
};

const train = z.strictObject({
  kind: z.literal('train'),
  dataset: reference.describe('A `dataset` or `synthesize` step.'),
  ...trainingShape,
  checkpointEveryEpochs: count.describe('A checkpoint after every so many epochs.').default(1),
});

/** Settings of one attack, without what it attacks. */
export const attackShape = {
  norm: z.enum(norms).describe('Norm of the perturbation.'),
  epsilon: pixelDistance.describe('Radius of the perturbation set, in [0,1] pixel units.'),
  stepSize: pixelDistance
    .refine((value) => value > 0, { error: 'must be greater than 0' })
    .exactOptional()
    .describe('Length of a step, in [0,1] pixel units; a fifth of epsilon unless given.'),
  steps: count.describe('Steps of PGD.').default(100),
  randomStart: z.boolean().describe('Start at a random point of the perturbation set.').default(false),
  restarts: count.describe('Attempts, of which the best is kept.').default(1),
  gradientSamples: count
    .describe('Gradients averaged over so many augmented copies; 1 is plain PGD.')
    .default(1),
  precision,
  blockSize: count.max(10_000).describe('Examples of one job, computed as one batch.').default(500),
};

const attack = z
  .strictObject({
    kind: z.literal('attack'),
    sourceModel: reference.describe('The `train` step whose model is attacked.'),
    dataset: reference.describe('The `dataset` or `synthesize` step whose images are perturbed.'),
    examples: count.nullable().describe('The first so many examples; null is all.').default(null),
    targets: z.enum(targetRules).describe('next: class y+1; random: any class; none: untargeted.'),
    ...attackShape,
  })
  .transform((step) => ({ ...step, stepSize: step.stepSize ?? defaultStepSize(step.epsilon) }));

/** The paper's ratio: steps of 0.1 at epsilon 0.5. */
export const defaultStepSize = (epsilon: number): number => (epsilon > 0 ? epsilon / 5 : 0.1);

const synthesize = z.strictObject({
  kind: z.literal('synthesize'),
  construction: z.enum(constructions).describe('d_det wants targets: next, d_rand wants targets: random.'),
  examples: reference.describe('The `attack` step whose examples, relabelled, become the data set.'),
});

const evaluate = z.strictObject({
  kind: z.literal('evaluate'),
  model: reference.describe('The `train` step whose model is evaluated.'),
  dataset: reference.describe('The `dataset` or `synthesize` step it is evaluated on.'),
  attack: reference
    .nullable()
    .describe('An `attack` step on the same data set, for robust accuracy or transfer.')
    .default(null),
  batchSize: count.max(10_000).describe('Examples a step.').default(500),
});

const report = z.strictObject({
  kind: z.literal('report'),
  rows: z
    .array(
      z.strictObject({
        trainedOn: z.string().min(1).max(64).describe('What the row says the model was trained on.'),
        evaluatedOn: z.string().min(1).max(64).describe('What the row says it was evaluated on.'),
        evaluation: reference.describe('The `evaluate` step of the row.'),
        paper: fraction.nullable().describe("The paper's accuracy, as a fraction.").default(null),
      }),
    )
    .min(1)
    .describe('One row of the table each.'),
  synthesized: z.array(reference).describe('`synthesize` steps shown as image grids.').default([]),
  dataset: reference.describe('The `dataset` step they were made from.'),
});

export const stepSchema = z.discriminatedUnion('kind', [
  dataset,
  train,
  attack,
  synthesize,
  evaluate,
  report,
]);

export type StepInput = z.input<typeof stepSchema>;
/** A step with every default filled in. */
export type ResolvedStep = z.output<typeof stepSchema>;
export type StepKind = ResolvedStep['kind'];
export type ResolvedSteps = Record<string, ResolvedStep>;
export type StepOf<K extends StepKind> = Extract<ResolvedStep, { kind: K }>;
