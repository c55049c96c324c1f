import { z } from 'zod';
import { pixelDistance } from '../../pixel-distance.js';
import { attackExamples, standardModelShape, threatShape, training } from '../base-models/parameters.js';

const { epsilon: _, ...attack } = threatShape;

export const epsilonSweepShape = {
  ...standardModelShape,
  ...attack,
  epsilons: z.array(pixelDistance).min(1).max(16).describe('Radii at which a D_det is made.'),
  attackExamples,
  d_det: training.describe('Training of a fresh model on each D_det.'),
};

const parameters = z.strictObject(epsilonSweepShape);
export type EpsilonSweepProfile = z.input<typeof parameters>;
export type EpsilonSweepParameters = z.output<typeof parameters>;
