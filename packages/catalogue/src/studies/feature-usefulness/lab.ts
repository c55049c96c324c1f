import { standardModel } from '../base-models/profiles.js';
import { robustModel } from '../base-models/robust-model.js';
import { lab as robustFeatures } from '../robust-features/lab.js';
import type { FeatureUsefulnessProfile } from './parameters.js';

/**
 * About 4 minutes on two cores after robust-features, whose models it shares (26 with them), computed from the measured
 * time of a step: 128 features, each pushed down and up. Examples and steps are chosen by what they cost
 * (results/README.md has what they give).
 */
export const lab: FeatureUsefulnessProfile = {
  ...standardModel.lab,
  ...robustModel.lab,
  standard: robustFeatures.standard,
  examples: 300,
  norm: 'l2',
  epsilon: 0.25,
  steps: 5,
  blockSize: 100,
};
