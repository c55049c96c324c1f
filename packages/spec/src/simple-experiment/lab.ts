import type { SimpleExperimentProfile } from './parameters.js';

/** An hour or two on two cores: a quarter of the width, all the images, a fifth of the attack steps. */
export const lab: SimpleExperimentProfile = {
  dataset: 'cifar10',
  trainExamples: null,
  testExamples: null,
  attackExamples: null,
  robustExamples: 2_000,
  architecture: 'resnet9',
  width: 0.25,
  batchSize: 128,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
  labelSmoothing: 0,
  precision: 'bfloat16',
  norm: 'l2',
  epsilon: 0.5,
  steps: 20,
  randomStart: false,
  restarts: 1,
  gradientSamples: 1,
  blockSize: 500,
  standard: {
    epochs: 12,
    learningRate: 0.2,
    schedule: { kind: 'linear', warmupFraction: 0.2 },
    augmentation: 'flip-crop',
  },
  d_det: {
    epochs: 20,
    learningRate: 0.1,
    schedule: { kind: 'linear', warmupFraction: 0.2 },
    augmentation: 'flip-crop',
  },
  d_rand: {
    epochs: 20,
    learningRate: 0.1,
    schedule: { kind: 'linear', warmupFraction: 0.2 },
    augmentation: 'flip-crop',
  },
};
