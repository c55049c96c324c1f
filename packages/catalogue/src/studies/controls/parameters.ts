import { z } from 'zod';
import {
  attackExamples,
  count,
  network,
  standardModelShape,
  threatShape,
  training,
} from '../base-models/parameters.js';
import { robustModelShape } from '../base-models/robust-model.js';

/** A probe keeps its body's network, so it names none. */
const probe = training.omit({ architecture: true, width: true });

export const controlsShape = {
  ...standardModelShape,
  ...robustModelShape,
  ...threatShape,
  attackExamples,
  d_det: training.describe('Training of a fresh model on D_det.'),
  d_rand: training.describe('Training of a fresh model on D_rand.'),
  probe: probe.describe('Training of a last layer on the robust model’s features.'),
  early: training.describe('Training that is stopped early, whose mistakes become labels.'),
  mislabelled: training.describe('Training of a fresh model on those mistakes.'),
  nonTransferExamples: count
    .nullable()
    .describe(
      'Training images perturbed so that they transfer to none of nonTransferNetworks; null is all of trainExamples.',
    ),
  nonTransferNetworks: z
    .array(network)
    .min(1)
    .max(8)
    .describe(
      'Networks of standard models, trained apart, that the perturbations must not transfer to (Nakkiran’s "just bugs").',
    ),
  nonTransfer: training.describe('Training of a fresh model on those images, labelled with their targets.'),
};

const parameters = z.strictObject(controlsShape);
export type ControlsProfile = z.input<typeof parameters>;
export type ControlsParameters = z.output<typeof parameters>;
