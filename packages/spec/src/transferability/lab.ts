import { standardModel, threat, warmUp } from '../base-models/profiles.js';
import type { TransferabilityProfile } from './parameters.js';

/**
 * About 45 minutes on two cores for its three seeds, reckoned from the times of a training step. The widths are chosen by
 * those: one core took 193 ms for the ResNet-50 (128 images), 129 for the ResNet-18, 141 for VGG-16, 428 for Inception-v3
 * (714 at twice the width), 203 for the DenseNet (316 at depth 22). float32, since bfloat16 gains nothing at such widths.
 * Epochs and learning rates are chosen by what they cost; nothing is measured yet.
 */
export const lab: TransferabilityProfile = {
  ...standardModel.lab,
  ...threat.lab,
  precision: 'float32',
  trainExamples: 16_000,
  architecture: 'resnet50',
  width: 0.0625,
  standard: { epochs: 4, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
  attackExamples: null,
  transferExamples: 1_000,
  networks: [
    { architecture: 'resnet50', width: 0.0625 },
    { architecture: 'resnet18', width: 0.125 },
    { architecture: 'vgg16', width: 0.1875 },
    { architecture: 'inceptionv3', width: 0.03125 },
    { architecture: 'densenet-bc', width: 0.67, depth: 16 },
  ],
  d_det: { epochs: 5, learningRate: 0.1, schedule: warmUp, augmentation: 'flip-crop' },
};
