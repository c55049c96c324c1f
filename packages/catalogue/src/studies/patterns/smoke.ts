import { standardModel, threat } from '../base-models/profiles.js';
import type { PatternsProfile } from './parameters.js';

/** Minutes on two cores: one other model, 200 perturbations a class. Nothing in it is chosen by measurement. */
export const smoke: PatternsProfile = {
  ...standardModel.smoke,
  ...threat.smoke,
  attackExamples: 2_000,
  networks: [{ architecture: 'resnet18', width: 0.0625 }],
  amplification: 8,
  universalEpochs: 3,
};
