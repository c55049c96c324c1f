import { standardModel, warmUp } from '../base-models/profiles.js';
import { robustModel } from '../base-models/robust-model.js';
import type { RobustFeaturesProfile } from './parameters.js';

/** Minutes on two cores; of the inverted sets too little to learn much from. Nothing in it is chosen by measurement. */
export const smoke: RobustFeaturesProfile = {
  ...standardModel.smoke,
  ...robustModel.smoke,
  inversion: { examples: 4_000, stepSize: 0.4, steps: 40, start: 'other-image', blockSize: 500 },
  d_robust: { epochs: 10, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
  d_nonrobust: { epochs: 10, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
  evaluation: {
    examples: 500,
    norm: 'l2',
    epsilons: [0.25, 0.5],
    steps: 10,
    randomStart: false,
    restarts: 1,
    blockSize: 500,
  },
};
