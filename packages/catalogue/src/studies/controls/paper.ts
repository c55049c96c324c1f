import { everyFiftyEpochs, standardModel, threat } from '../base-models/profiles.js';
import { robustModel } from '../base-models/robust-model.js';
import { paper as simpleExperiment } from '../simple-experiment/paper.js';
import type { ControlsProfile } from './parameters.js';

const fresh = {
  epochs: 150,
  learningRate: 0.1,
  schedule: everyFiftyEpochs,
  augmentation: 'flip-crop',
} as const;

/** The paper's models and attacks, and what its critics did with the like of them; two epochs are Wallace's. */
export const paper: ControlsProfile = {
  ...standardModel.paper,
  ...robustModel.paper,
  ...threat.paper,
  attackExamples: simpleExperiment.attackExamples,
  d_det: simpleExperiment.d_det,
  d_rand: simpleExperiment.d_rand,
  probe: { ...fresh, augmentation: 'none' },
  early: { ...fresh, epochs: 2 },
  mislabelled: fresh,
  nonTransferExamples: null,
  nonTransferNetworks: [
    { architecture: 'resnet50', width: 1 },
    { architecture: 'resnet18', width: 1 },
    { architecture: 'resnet50', width: 1 },
  ],
  nonTransfer: { ...fresh, augmentation: 'none' },
};
