import { everyFiftyEpochs, standardModel, threat } from '../base-models/profiles.js';
import type { TransferabilityProfile } from './parameters.js';

/** The networks and hyper-parameters of Ilyas et al. 2019. */
export const paper: TransferabilityProfile = {
  ...standardModel.paper,
  ...threat.paper,
  attackExamples: null,
  transferExamples: 10_000,
  networks: [
    { architecture: 'resnet50', width: 1 },
    { architecture: 'resnet18', width: 1 },
    { architecture: 'vgg16', width: 1 },
    { architecture: 'inceptionv3', width: 1 },
    { architecture: 'densenet121', width: 1 },
  ],
  d_det: { epochs: 150, learningRate: 0.1, schedule: everyFiftyEpochs, augmentation: 'none' },
};
