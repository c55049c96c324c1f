import { z } from 'zod';
import {
  attackExamples,
  count,
  network,
  standardModelShape,
  threatShape,
  training,
} from '../base-models/parameters.js';

export const transferabilityShape = {
  ...standardModelShape,
  ...threatShape,
  attackExamples,
  transferExamples: count.describe('Test images on whose adversarial examples transfer is measured.'),
  networks: z.array(network).min(2).max(16).describe('Networks that are compared.'),
  d_det: training.describe('Training of each network on D_det.'),
};

const parameters = z.strictObject(transferabilityShape);
export type TransferabilityProfile = z.input<typeof parameters>;
export type TransferabilityParameters = z.output<typeof parameters>;
