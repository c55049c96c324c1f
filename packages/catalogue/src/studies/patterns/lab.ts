import { standardModel, threat } from '../base-models/profiles.js';
import type { PatternsProfile } from './parameters.js';

/**
 * About 10 minutes on two cores after simple-experiment, whose standard model it shares (15 with it), computed from the
 * measured times of a step. Nothing in it is chosen by measurement yet.
 */
export const lab: PatternsProfile = {
  ...standardModel.lab,
  ...threat.lab,
  attackExamples: null,
  networks: [
    { architecture: 'resnet9', width: 0.25 },
    { architecture: 'resnet18', width: 0.0625 },
  ],
  amplification: 8,
  universalEpochs: 3,
};
