import { standardModel } from '../base-models/profiles.js';
import { robustModel } from '../base-models/robust-model.js';
import type { FeatureUsefulnessProfile } from './parameters.js';

/** The paper's models. It defines the two usefulnesses and measures neither: examples and steps are ours. */
export const paper: FeatureUsefulnessProfile = {
  ...standardModel.paper,
  ...robustModel.paper,
  examples: 1_000,
  norm: 'l2',
  epsilon: 0.25,
  steps: 10,
  blockSize: 100,
};
