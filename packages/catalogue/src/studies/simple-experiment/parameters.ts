import { z } from 'zod';
import {
  attackExamples,
  count,
  standardModelShape,
  threatShape,
  training,
} from '../base-models/parameters.js';

export const simpleExperimentShape = {
  ...standardModelShape,
  ...threatShape,
  attackExamples,
  robustExamples: count.describe("Test images on which the standard model's robust accuracy is measured."),
  d_det: training.describe('Training of a fresh model on D_det.'),
  d_rand: training.describe('Training of a fresh model on D_rand.'),
};

/** Everything that a profile decides. */
const parameters = z.strictObject(simpleExperimentShape);
/** As a profile states them. */
export type SimpleExperimentProfile = z.input<typeof parameters>;
export type SimpleExperimentParameters = z.output<typeof parameters>;
