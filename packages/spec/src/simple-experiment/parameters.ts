import { datasetNames } from '@toogit/jobs';
import { z } from 'zod';
import { attackShape, trainingShape } from '../steps.js';

const count = z.int().positive();
const { architecture, width, epochs, batchSize, learningRate, schedule, augmentation } = trainingShape;
const { momentum, nesterov, weightDecay, labelSmoothing, precision } = trainingShape;

/** What differs between the three trainings: of the standard model on D, and of fresh ones on D_det and D_rand. */
const training = z.strictObject({
  epochs: epochs.unwrap(),
  learningRate: learningRate.unwrap(),
  schedule: schedule.unwrap(),
  augmentation: augmentation.unwrap(),
  architecture: architecture.exactOptional().describe('Unless given, the one above.'),
  width: width.unwrap().exactOptional().describe('Unless given, the one above.'),
});

export const simpleExperimentShape = {
  dataset: z.enum(datasetNames).describe('Which data set.'),
  trainExamples: count.nullable().describe('Training images of the standard model; null is all.'),
  testExamples: count.nullable().describe('Test images; null is all.'),
  attackExamples: count.nullable().describe('Training images made adversarial; null is all of the above.'),
  robustExamples: count.describe("Test images on which the standard model's robust accuracy is measured."),
  architecture,
  width: width.unwrap(),
  batchSize: batchSize.unwrap(),
  momentum: momentum.unwrap(),
  nesterov: nesterov.unwrap(),
  weightDecay: weightDecay.unwrap(),
  labelSmoothing: labelSmoothing.unwrap(),
  precision: precision.unwrap(),
  norm: attackShape.norm,
  epsilon: attackShape.epsilon,
  stepSize: attackShape.stepSize,
  steps: attackShape.steps.unwrap(),
  randomStart: attackShape.randomStart.unwrap(),
  restarts: attackShape.restarts.unwrap(),
  gradientSamples: attackShape.gradientSamples.unwrap(),
  blockSize: attackShape.blockSize.unwrap(),
  standard: training.describe('Training of the standard model.'),
  d_det: training.describe('Training of a fresh model on D_det.'),
  d_rand: training.describe('Training of a fresh model on D_rand.'),
};

/** Everything that a profile decides. */
const parameters = z.strictObject(simpleExperimentShape);
/** As a profile states them. */
export type SimpleExperimentProfile = z.input<typeof parameters>;
export type SimpleExperimentParameters = z.output<typeof parameters>;
