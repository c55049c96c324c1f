import { z } from 'zod';
import { defineKind } from './kind.js';
import {
  accuracy,
  adversarialTraining,
  architectures,
  attackParams,
  augmentations,
  constructions,
  datasetNames,
  imageSize,
  precisions,
  schedule,
  splits,
} from './values.js';

const count = z.int().positive();
const fraction = z.number().min(0).max(1);

const datasetFacts = {
  name: z.string(),
  split: z.enum(splits),
  examples: count,
  /** Height, width, channels. */
  imageShape: z.tuple([count, count, count]),
  /** uint8 images are pixels 0..255; float32 images lie in [0,1]. */
  imageDtype: z.enum(['uint8', 'float32']),
  classNames: z.array(z.string()),
  /** Per-channel mean and standard deviation of the canonical training split, in [0,1] units: what models normalise by. */
  mean: z.array(z.number()),
  std: z.array(z.number()),
};

const importedExamples = {
  split: z.enum(splits),
  /** The first so many examples of the split; null is all. */
  examples: count.nullable(),
};

/**
 * Dataset manifests: parts `images-0000`, `images-0001`, … (tensor `images`, NHWC) in order, and one part `columns`
 * (int32 `labels`; synthesised sets add int32 `originalLabels`, int32 `sourceIndex`, float32 `perturbationNorm`,
 * uint8 `attackSucceeded`).
 */
const datasetImport = defineKind({
  version: 1,
  resource: 'cpu',
  params: z.discriminatedUnion('dataset', [
    z.strictObject({ dataset: z.enum(datasetNames).exclude(['restricted-imagenet']), ...importedExamples }),
    z.strictObject({ dataset: z.literal('restricted-imagenet'), ...importedExamples, imageSize }),
  ]),
  inputs: {},
  output: 'dataset',
  result: z.strictObject({ ...datasetFacts, pixelDigest: z.string() }),
  maxAttempts: 3,
});

/** Model manifests: one part `weights` (float32 tensors by name: trainable and running statistics). */
const train = defineKind({
  version: 1,
  resource: 'gpu',
  params: z.strictObject({
    architecture: z.enum(architectures),
    /** Fraction of the published channel counts. */
    width: z.number().positive(),
    /** Layers, for architectures that come in several depths; null is the published one. */
    depth: count.nullable(),
    epochs: count,
    batchSize: count,
    learningRate: z.number().positive(),
    schedule,
    momentum: fraction,
    nesterov: z.boolean(),
    weightDecay: z.number().min(0),
    augmentation: z.enum(augmentations),
    labelSmoothing: fraction,
    /** Null is standard training. */
    adversarial: adversarialTraining.nullable(),
    precision: z.enum(precisions),
    /** A checkpoint after every so many epochs. */
    checkpointEveryEpochs: count,
  }),
  inputs: { dataset: { artifact: 'dataset', arity: 'one' } },
  output: 'model',
  result: z.strictObject({
    architecture: z.enum(architectures),
    width: z.number(),
    depth: count.nullable(),
    numClasses: count,
    imageShape: z.tuple([count, count, count]),
    mean: z.array(z.number()),
    std: z.array(z.number()),
    parameterCount: count,
    trainedOn: z.string(),
    trainExamples: count,
    epochs: count,
    finalTrainLoss: z.number(),
    finalTrainAccuracy: fraction,
  }),
  maxAttempts: 5,
});

/**
 * One block of an attack, computed as one batch. Parts: `images` (float32 [b,h,w,c]) and `columns` (int32
 * `originalLabels`, `targetLabels` (the original labels if untargeted), `predictedLabels` by the source model, int32
 * `sourceIndex`, float32 `perturbationNorm`).
 */
const attack = defineKind({
  version: 1,
  resource: 'gpu',
  params: attackParams.extend({ block: z.strictObject({ start: z.int().min(0), count }) }),
  inputs: {
    sourceModel: { artifact: 'model', arity: 'one' },
    dataset: { artifact: 'dataset', arity: 'one' },
  },
  output: 'adversarialExamples',
  result: z.strictObject({
    attack: attackParams,
    /** Digest of the source model's artifact: tells white-box evaluation from transfer. */
    sourceModel: z.string(),
    block: z.strictObject({ start: z.int().min(0), count }),
    succeeded: z.int().min(0),
    meanNorm: z.number(),
    maxNorm: z.number(),
  }),
  maxAttempts: 5,
});

/** Adversarial blocks, relabelled with their targets, become a training set; images are shared by digest, not copied. */
const synthesize = defineKind({
  version: 1,
  resource: 'cpu',
  params: z.strictObject({ construction: z.enum(constructions) }),
  inputs: {
    dataset: { artifact: 'dataset', arity: 'one' },
    adversarialExamples: { artifact: 'adversarialExamples', arity: 'many' },
  },
  output: 'dataset',
  result: z.strictObject({
    ...datasetFacts,
    construction: z.enum(constructions),
    attack: attackParams,
    attackSuccessRate: fraction,
    maxNorm: z.number(),
    meanNorm: z.number(),
    /** Fraction whose new label equals the original (about 1/C for d_rand, 0 for d_det). */
    labelsKept: fraction,
  }),
  maxAttempts: 3,
});

/**
 * Accuracy of a model on a data set, and on adversarial examples of that data set if given: robust accuracy when
 * they were crafted against this very model, transfer otherwise. Part `predictions`: int32 `clean`, and `adversarial`
 * where there are any, in the order of the inputs.
 */
const evaluate = defineKind({
  version: 1,
  resource: 'gpu',
  params: z.strictObject({ batchSize: count }),
  inputs: {
    evaluatedModel: { artifact: 'model', arity: 'one' },
    dataset: { artifact: 'dataset', arity: 'one' },
    adversarialExamples: { artifact: 'adversarialExamples', arity: 'many' },
  },
  output: 'evaluation',
  result: z.strictObject({
    trainedOn: z.string(),
    evaluatedOn: z.string(),
    split: z.enum(splits),
    clean: accuracy,
    /** Accuracy by true class, in class order. */
    perClassAccuracy: z.array(fraction),
    adversarial: z
      .strictObject({
        attack: attackParams,
        /** Whether the examples were crafted against this very model. */
        whiteBox: z.boolean(),
        robust: accuracy,
        /** Fraction classified as the attack intended. */
        attackSuccessRate: fraction,
        maxNorm: z.number(),
      })
      .nullable(),
  }),
  maxAttempts: 5,
});

/** Parts `report.json`, `report.html`; result is report.json itself. */
const report = defineKind({
  version: 1,
  resource: 'cpu',
  params: z.strictObject({
    study: z.string(),
    profile: z.string().nullable(),
    seed: z.int(),
    specDigest: z.string(),
    /** One a row, in the order of the inputs `evaluations`. `paper` is the paper's accuracy as a fraction, null where it has none. */
    rows: z.array(
      z.strictObject({ trainedOn: z.string(), evaluatedOn: z.string(), paper: fraction.nullable() }),
    ),
  }),
  inputs: {
    evaluations: { artifact: 'evaluation', arity: 'many' },
    /** Data sets shown as image grids. */
    synthesized: { artifact: 'dataset', arity: 'many' },
    /** The data set the synthesised ones were made from. */
    dataset: { artifact: 'dataset', arity: 'one' },
  },
  output: 'report',
  result: z.strictObject({
    study: z.string(),
    profile: z.string().nullable(),
    seed: z.int(),
    specDigest: z.string(),
    chance: fraction,
    rows: z.array(
      z.strictObject({
        trainedOn: z.string(),
        evaluatedOn: z.string(),
        n: count,
        cleanAccuracy: fraction,
        ci95: z.tuple([fraction, fraction]),
        robust: z
          .strictObject({
            n: count,
            robustAccuracy: fraction,
            ci95: z.tuple([fraction, fraction]),
            attack: attackParams,
          })
          .nullable(),
        paper: fraction.nullable(),
      }),
    ),
    attacks: z.array(
      z.strictObject({
        dataset: z.string(),
        norm: z.string(),
        epsilon: z.number(),
        stepSize: z.number(),
        steps: count,
        n: count,
        successRate: fraction,
        maxNorm: z.number(),
      }),
    ),
    artifacts: z.record(z.string(), z.string()),
  }),
  maxAttempts: 3,
});

export const jobKinds = {
  'dataset.import': datasetImport,
  train,
  attack,
  synthesize,
  evaluate,
  report,
} as const;

export type JobKind = keyof typeof jobKinds;
export type JobParams<K extends JobKind> = z.infer<(typeof jobKinds)[K]['params']>;
export type JobResult<K extends JobKind> = z.infer<(typeof jobKinds)[K]['result']>;

export const jobKindNames = Object.keys(jobKinds) as JobKind[];
