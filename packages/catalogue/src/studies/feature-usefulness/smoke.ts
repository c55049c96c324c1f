import { standardModel } from '../base-models/profiles.js';
import { robustModel } from '../base-models/robust-model.js';
import type { FeatureUsefulnessProfile } from './parameters.js';

/** Minutes on two cores: 64 features, few steps. Nothing in it is chosen by measurement. */
export const smoke: FeatureUsefulnessProfile = {
  ...standardModel.smoke,
  ...robustModel.smoke,
  examples: 300,
  norm: 'l2',
  epsilon: 0.25,
  stepSize: 0.1,
  steps: 3,
  blockSize: 100,
};
