import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import type { TransferabilityProfile } from './parameters.js';

/** Minutes on two cores: so few images and steps that the figure's shape means nothing. Nothing in it is chosen by measurement. */
export const smoke: TransferabilityProfile = {
  ...standardModel.smoke,
  ...threat.smoke,
  trainExamples: 5_000,
  testExamples: 2_000,
  architecture: 'resnet50',
  width: 0.0625,
  standard: { epochs: 3, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
  attackExamples: 3_000,
  steps: 8,
  transferExamples: 500,
  networks: [
    { architecture: 'resnet50', width: 0.0625 },
    { architecture: 'resnet18', width: 0.125 },
    { architecture: 'vgg16', width: 0.1875 },
    { architecture: 'inceptionv3', width: 0.03125 },
    { architecture: 'densenet-bc', width: 0.67, depth: 16 },
  ],
  d_det: { epochs: 3, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
};
