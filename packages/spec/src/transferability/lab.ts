import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import type { TransferabilityProfile } from './parameters.js';

/**
 * About 45 minutes on two cores for its three seeds, guessed from the operations of the networks. All are narrow, with
 * about as many operations as fit; float32, since bfloat16 gains nothing at these widths. Nothing in it is chosen by
 * measurement yet.
 */
export const lab: TransferabilityProfile = {
  ...standardModel.lab,
  ...threat.lab,
  precision: 'float32',
  trainExamples: 20_000,
  architecture: 'resnet50',
  width: 0.0625,
  standard: { epochs: 4, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
  attackExamples: null,
  transferExamples: 1_000,
  networks: [
    { architecture: 'resnet50', width: 0.0625 },
    { architecture: 'resnet18', width: 0.125 },
    { architecture: 'vgg16', width: 0.125 },
    { architecture: 'inceptionv3', width: 0.0625 },
    { architecture: 'densenet-bc', width: 0.34, depth: 40 },
  ],
  d_det: { epochs: 5, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
};
