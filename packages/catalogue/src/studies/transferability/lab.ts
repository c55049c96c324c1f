import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import type { TransferabilityProfile } from './parameters.js';

/**
 * About 50 minutes on two cores for its three seeds, computed from the measured times of a step. The networks are as
 * wide as lets a training step (128 images) cost each about the same on one thread: 130 to 180 ms, in float32, since
 * bfloat16 gains nothing at these widths. Inception-v3 takes 680 ms even at a sixteenth of its width, where most layers
 * have reached the least number of channels: resnet9 stands in for it here. How long to train is not chosen by
 * measurement yet.
 */
export const lab: TransferabilityProfile = {
  ...standardModel.lab,
  ...threat.lab,
  precision: 'float32',
  trainExamples: 20_000,
  architecture: 'resnet50',
  width: 0.0625,
  standard: { epochs: 8, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
  attackExamples: null,
  transferExamples: 1_000,
  networks: [
    { architecture: 'resnet50', width: 0.0625 },
    { architecture: 'resnet18', width: 0.125 },
    { architecture: 'vgg16', width: 0.25 },
    { architecture: 'resnet9', width: 0.25 },
    { architecture: 'densenet-bc', width: 0.25, depth: 22 },
  ],
  d_det: { epochs: 8, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
};
