import { standardModel, warmUp } from '../base-models/profiles.js';
import { robustModel } from '../base-models/robust-model.js';
import type { RobustFeaturesProfile } from './parameters.js';

/**
 * About 40 minutes on two cores, reckoned from the measured times of a step: the standard model 5 (shared with
 * simple-experiment), the robust one 13, the inversions 15, the fresh models 6, the attacks 2. Steps and learning rates
 * are chosen by what they cost; nothing is measured yet.
 */
export const lab: RobustFeaturesProfile = {
  ...standardModel.lab,
  ...robustModel.lab,
  inversion: { examples: 20_000, stepSize: 0.2, steps: 80, start: 'other-image', blockSize: 500 },
  d_robust: { epochs: 15, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
  d_nonrobust: { epochs: 15, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
  evaluation: {
    examples: 2_000,
    norm: 'l2',
    epsilons: [0.25, 0.5],
    steps: 20,
    randomStart: false,
    restarts: 1,
    blockSize: 500,
  },
};
