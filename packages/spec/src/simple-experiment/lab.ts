import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import type { SimpleExperimentProfile } from './parameters.js';

/**
 * About 22 minutes a seed on two cores, reckoned from the measured times of a step: a quarter of the width, all the
 * images, 12 attack steps. Learning rates and augmentation are those that smoke's measurements chose.
 */
export const lab: SimpleExperimentProfile = {
  ...standardModel.lab,
  ...threat.lab,
  attackExamples: null,
  robustExamples: 2_000,
  d_det: { epochs: 10, learningRate: 0.2, schedule: warmUp, augmentation: 'flip-crop' },
  d_rand: { epochs: 12, learningRate: 0.1, schedule: warmUp, augmentation: 'none' },
};
