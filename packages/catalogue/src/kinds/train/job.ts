import { architectureNames } from '@toogit/networks';
import { z } from 'zod';
import { defineJob } from '../../definitions/job-definition.js';
import {
  accuracy,
  adversarialTraining,
  augmentations,
  count,
  fraction,
  precisions,
  schedule,
} from '../../values.js';

const params = z.strictObject({
  architecture: z.enum(architectureNames),
  /** Fraction of the published channel counts. */
  width: z.number().positive(),
  /** Layers, for architectures that come in several depths; null is the published one. */
  depth: count.nullable(),
  epochs: count,
  /** Most examples a step. */
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
});
export type TrainParams = z.output<typeof params>;

const result = z.strictObject({
  architecture: z.enum(architectureNames),
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
  /** The largest batch: what was specified, or less, since an epoch is cut into batches as even as can be. */
  batchSize: count,
  /** Mean over the last epoch, with augmentation (and under attack, if training is adversarial), as the weights changed. */
  finalTrainLoss: z.number(),
  finalTrainAccuracy: fraction,
  /** Of the model as it evaluates, on at most 2,000 training images as they are, evenly spaced over the data set. */
  trainEvaluation: accuracy,
  /** How many different classes it predicts there. */
  predictedClasses: count,
  /** One class only, or no more right than always predicting the commonest one could be (99 %). */
  collapsed: z.boolean(),
});
export type TrainResult = z.output<typeof result>;

/** Model manifests: one part `weights` (float32 tensors by name: trainable and running statistics). */
export const trainJob = defineJob({
  kind: 'train',
  version: 2,
  resource: 'tensor',
  params,
  inputs: {
    dataset: { artifact: 'dataset', arity: 'one' },
    /** A model of the same architecture whose features are kept: only the last layer is trained (a linear probe). */
    featuresFrom: { artifact: 'model', arity: 'many' },
  },
  output: 'model',
  result,
  maxAttempts: 5,
});
