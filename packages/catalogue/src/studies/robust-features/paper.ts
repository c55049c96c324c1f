import { everyFiftyEpochs, standardModel } from '../base-models/profiles.js';
import { robustModel } from '../base-models/robust-model.js';
import type { RobustFeaturesProfile } from './parameters.js';

/** The hyper-parameters of Ilyas et al. 2019, appendix C. */
export const paper: RobustFeaturesProfile = {
  ...standardModel.paper,
  ...robustModel.paper,
  inversion: { examples: null, stepSize: 0.1, steps: 1000, start: 'other-image', blockSize: 500 },
  d_robust: { epochs: 150, learningRate: 0.1, schedule: everyFiftyEpochs, augmentation: 'flip-crop' },
  d_nonrobust: { epochs: 150, learningRate: 0.01, schedule: everyFiftyEpochs, augmentation: 'flip-crop' },
  evaluation: {
    examples: 10_000,
    norm: 'l2',
    epsilons: [0.25, 0.5],
    steps: 100,
    randomStart: false,
    restarts: 1,
    blockSize: 500,
  },
};
