import type { SimpleExperimentProfile } from './parameters.js';

const everyFiftyEpochs = { kind: 'step', everyEpochs: 50, factor: 0.1 } as const;

/** The hyper-parameters of Ilyas et al. 2019, appendix C. */
export const paper: SimpleExperimentProfile = {
  dataset: 'cifar10',
  trainExamples: null,
  testExamples: null,
  attackExamples: null,
  robustExamples: 10_000,
  architecture: 'resnet50',
  width: 1,
  batchSize: 128,
  momentum: 0.9,
  nesterov: false,
  weightDecay: 5e-4,
  labelSmoothing: 0,
  precision: 'float32',
  norm: 'l2',
  epsilon: 0.5,
  stepSize: 0.1,
  steps: 100,
  randomStart: false,
  restarts: 1,
  gradientSamples: 1,
  blockSize: 500,
  standard: { epochs: 150, learningRate: 0.1, schedule: everyFiftyEpochs, augmentation: 'flip-crop' },
  d_det: { epochs: 150, learningRate: 0.1, schedule: everyFiftyEpochs, augmentation: 'none' },
  d_rand: { epochs: 150, learningRate: 0.01, schedule: everyFiftyEpochs, augmentation: 'flip-crop' },
};
