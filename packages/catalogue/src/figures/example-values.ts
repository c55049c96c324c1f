import type { AttackParams } from '../attacks.js';
import type { Accuracy, AttackEffect, Proportion } from '../values.js';
import type { MeanOverSeeds } from './means.js';
import type { TrainingFacts } from './training-facts.js';

/** Values for the examples of figures: made up, of the size that real runs give. */

export const exampleOrigin = { seed: 0, point: '' };

export const exampleNames = { trainedOn: 'D_det', evaluatedOn: 'D', split: 'test' as const };

export const exampleTraining: TrainingFacts = {
  ...{ architecture: 'resnet9', width: 0.25, depth: null, epochs: 20, learningRate: 0.1 },
  ...{ augmentation: 'flip-crop', adversarial: null },
};

export const exampleAttack: AttackParams = {
  ...{ norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 20, targets: 'none', randomStart: false },
  ...{ restarts: 1, gradientSamples: 1, precision: 'float32' },
};

export const exampleEffect: AttackEffect = {
  ...{ meanNorm: 0.496, maxNorm: 0.5, zeroGradients: 0, nonFiniteGradients: 0 },
};

export const exampleAccuracy: Accuracy = {
  ...{ n: 10000, correct: 3420, accuracy: 0.342, ci95: [0.3328, 0.3514] },
};

export const exampleRate: Proportion = { n: 2000, count: 1240, value: 0.62, ci95: [0.5985, 0.641] };

export const exampleMean: MeanOverSeeds = {
  ...{ seeds: [0], n: 10000, mean: 0.342, ci95: [0.3328, 0.3514], interval: 'wilson-over-examples' },
};
