import { everyFiftyEpochs, standardModel, threat } from '../base-models/profiles.js';
import type { SimpleExperimentProfile } from './parameters.js';

/** The hyper-parameters of Ilyas et al. 2019, appendix C. */
export const paper: SimpleExperimentProfile = {
  ...standardModel.paper,
  ...threat.paper,
  attackExamples: null,
  robustExamples: 10_000,
  d_det: { epochs: 150, learningRate: 0.1, schedule: everyFiftyEpochs, augmentation: 'none' },
  d_rand: { epochs: 150, learningRate: 0.01, schedule: everyFiftyEpochs, augmentation: 'flip-crop' },
};
