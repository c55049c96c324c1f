import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import { robustModel } from '../base-models/robust-model.js';
import { lab as simpleExperiment } from '../simple-experiment/lab.js';
import type { ControlsProfile } from './parameters.js';

const fresh = { epochs: 15, learningRate: 0.2, schedule: warmUp, augmentation: 'flip-crop' } as const;

/**
 * About 36 minutes on two cores after simple-experiment, which makes the main rows (26 after robust-features, whose robust
 * model it shares), computed from the measured times of a step: the robust model 10, the probes 4, the mistakes 5, the two
 * non-transfer models 10, the perturbations 4, the fresh model 3. Nothing in it is chosen by measurement yet.
 */
export const lab: ControlsProfile = {
  ...standardModel.lab,
  ...robustModel.lab,
  ...threat.lab,
  attackExamples: simpleExperiment.attackExamples,
  d_det: simpleExperiment.d_det,
  d_rand: simpleExperiment.d_rand,
  probe: { epochs: 10, learningRate: 0.1, schedule: warmUp, augmentation: 'none' },
  early: { epochs: 2, learningRate: 0.1, schedule: { kind: 'constant' }, augmentation: 'flip-crop' },
  mislabelled: fresh,
  nonTransferExamples: 20_000,
  nonTransferNetworks: [
    { architecture: 'resnet9', width: 0.25 },
    { architecture: 'resnet9', width: 0.25 },
  ],
  nonTransfer: fresh,
};
