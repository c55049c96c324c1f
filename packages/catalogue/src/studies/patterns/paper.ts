import { standardModel, threat } from '../base-models/profiles.js';
import type { PatternsProfile } from './parameters.js';

/** The models and attacks of Ilyas et al. 2019. The patterns are the story's, so their settings are ours. */
export const paper: PatternsProfile = {
  ...standardModel.paper,
  ...threat.paper,
  attackExamples: null,
  networks: [
    { architecture: 'resnet50', width: 1 },
    { architecture: 'resnet18', width: 1 },
  ],
  amplification: 8,
  universalEpochs: 5,
};
