import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import type { SensitivityProfile } from './parameters.js';

/** Minutes on two cores: too few images to learn much from, enough to see the figure. Nothing in it is chosen by measurement. */
export const smoke: SensitivityProfile = {
  ...standardModel.smoke,
  ...threat.smoke,
  attackExamples: 7_500,
  fresh: { epochs: 8, schedule: warmUp },
  learningRates: [0.05, 0.2],
  augmentations: ['none', 'flip-crop'],
};
