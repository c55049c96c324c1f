import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import type { SimpleExperimentProfile } from './parameters.js';

/**
 * About 20 minutes a seed on two cores: a quarter of the width, all the images, 12 attack steps.
 *
 * D_rand is at chance until its learning rate is low enough, and batches of 64 leave it sooner than larger ones: on 20,000
 * images (seed 0, 16 epochs, 0.05), 45.8 % with 64, 41.8 % with 128; 12.4 % with 512 at 0.1, 11.2 % with 128 at 0.02.
 * results/README.md has the other tries.
 */
export const lab: SimpleExperimentProfile = {
  ...standardModel.lab,
  ...threat.lab,
  attackExamples: null,
  robustExamples: 2_000,
  d_det: { epochs: 10, learningRate: 0.2, schedule: warmUp, augmentation: 'flip-crop' },
  d_rand: { epochs: 14, learningRate: 0.05, schedule: warmUp, augmentation: 'none', batchSize: 64 },
};
