import { everyFiftyEpochs, standardModel, threat } from '../base-models/profiles.js';
import type { SensitivityProfile } from './parameters.js';

/** The hyper-parameters of Ilyas et al. 2019, appendix C, and those at which replications failed. */
export const paper: SensitivityProfile = {
  ...standardModel.paper,
  ...threat.paper,
  attackExamples: null,
  fresh: { epochs: 150, schedule: everyFiftyEpochs },
  learningRates: [0.01, 0.05, 0.1, 0.2],
  augmentations: ['none', 'flip-crop'],
};
