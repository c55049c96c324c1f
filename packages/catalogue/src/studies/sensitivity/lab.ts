import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import type { SensitivityProfile } from './parameters.js';

/**
 * About 40 minutes on two cores for its three seeds after simple-experiment, whose standard models and attacks it shares
 * (the first 20,000 images of its D_det and D_rand), computed from the measured times of a step; 60 without.
 *
 * The fresh networks have half the width of the standard ones, so that 36 trainings fit, and train in float32, which is
 * faster at that width. Learning rates are chosen to lie on both sides of simple-experiment's; nothing is measured yet.
 */
export const lab: SensitivityProfile = {
  ...standardModel.lab,
  ...threat.lab,
  attackExamples: 20_000,
  fresh: { epochs: 9, schedule: warmUp, width: 0.125, precision: 'float32' },
  learningRates: [0.03, 0.1, 0.3],
  augmentations: ['none', 'flip-crop'],
};
