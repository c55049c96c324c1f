import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import { robustModel } from '../base-models/robust-model.js';
import type { ControlsProfile } from './parameters.js';

const fresh = { epochs: 12, learningRate: 0.2, schedule: warmUp, augmentation: 'flip-crop' } as const;

/**
 * Minutes on two cores: half of the images that smoke's other studies train on, so its models are its own. Nothing in it
 * is chosen by measurement.
 */
export const smoke: ControlsProfile = {
  ...standardModel.smoke,
  ...robustModel.smoke,
  ...threat.smoke,
  trainExamples: 20_000,
  attackExamples: 6_000,
  d_det: fresh,
  d_rand: { ...fresh, learningRate: 0.1, augmentation: 'none' },
  probe: { epochs: 5, learningRate: 0.1, schedule: warmUp, augmentation: 'none' },
  early: { epochs: 1, learningRate: 0.1, schedule: { kind: 'constant' }, augmentation: 'flip-crop' },
  mislabelled: { ...fresh, epochs: 3 },
  nonTransferExamples: 6_000,
  nonTransferNetworks: [{ architecture: 'resnet9', width: 0.125 }],
  nonTransfer: fresh,
};
