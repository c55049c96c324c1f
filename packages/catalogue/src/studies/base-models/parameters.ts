import { z } from 'zod';
import { ownParameters } from '../../attacks.js';
import { datasetNames } from '../../datasets.js';
import { attackShape } from '../../kinds/attack/step.js';
import { trainingShape } from '../../kinds/train/step.js';
import { imageSize } from '../../values.js';

/** Parameters of D and the standard model on it, with which all studies of trained networks begin. */

export const count = z.int().positive();
const { architecture, width, depth, epochs, batchSize, learningRate, schedule, augmentation } = trainingShape;
const { momentum, nesterov, weightDecay, labelSmoothing, precision } = trainingShape;

/** What differs from training to training. */
export const training = z.strictObject({
  epochs: epochs.unwrap(),
  learningRate: learningRate.unwrap(),
  schedule: schedule.unwrap(),
  augmentation: augmentation.unwrap(),
  architecture: architecture.exactOptional().describe('Unless given, the one above.'),
  width: width.unwrap().exactOptional().describe('Unless given, the one above.'),
  batchSize: batchSize.unwrap().exactOptional().describe('Unless given, the one above.'),
  precision: precision.unwrap().exactOptional().describe('Unless given, the one above.'),
});
export type Training = z.output<typeof training>;

/** One of several networks of a study. */
export const network = z.strictObject({
  architecture,
  width: width.unwrap(),
  depth: depth.unwrap().exactOptional(),
});
export type Network = z.output<typeof network>;

export const standardModelShape = {
  dataset: z.enum(datasetNames).describe('Which data set.'),
  imageSize: imageSize
    .exactOptional()
    .describe('Height and width of the images of restricted-imagenet; 224 unless given.'),
  trainExamples: count.nullable().describe('Training images of the standard model; null is all.'),
  testExamples: count.nullable().describe('Test images; null is all.'),
  architecture,
  width: width.unwrap(),
  batchSize: batchSize.unwrap(),
  momentum: momentum.unwrap(),
  nesterov: nesterov.unwrap(),
  weightDecay: weightDecay.unwrap(),
  labelSmoothing: labelSmoothing.unwrap(),
  precision: precision.unwrap(),
  standard: training.describe('Training of the standard model.'),
};

export const attackExamples = count
  .nullable()
  .describe('Training images made adversarial; null is all of trainExamples.');

/** The attacks that a study makes. */
export const threatShape = {
  method: attackShape.method.unwrap().exactOptional(),
  norm: attackShape.norm,
  epsilon: attackShape.epsilon,
  stepSize: attackShape.stepSize,
  steps: attackShape.steps.unwrap(),
  randomStart: attackShape.randomStart.unwrap(),
  restarts: attackShape.restarts.unwrap(),
  gradientSamples: attackShape.gradientSamples.unwrap(),
  blockSize: attackShape.blockSize.unwrap(),
  ...ownParameters,
};

const standardModelParameters = z.strictObject(standardModelShape);
/** Of parameters that a study may have besides. */
export const threatParameters = z.object(threatShape);
export type StandardModelParameters = z.output<typeof standardModelParameters>;
export type ThreatParameters = z.output<typeof threatParameters>;
/** As a profile states them. */
export type StandardModelProfile = z.input<typeof standardModelParameters>;
export type ThreatProfile = z.input<typeof threatParameters>;
