import { z } from 'zod';
import { attackShape } from '../../kinds/attack/step.js';
import { inversionShape } from '../../kinds/invert/step.js';
import { count, standardModelShape, training } from '../base-models/parameters.js';
import { robustModelShape } from '../base-models/robust-model.js';

export const robustFeaturesShape = {
  ...standardModelShape,
  ...robustModelShape,
  inversion: z
    .strictObject({
      examples: count.nullable().describe('Training images that are inverted; null is all.'),
      stepSize: inversionShape.stepSize.unwrap(),
      steps: inversionShape.steps.unwrap(),
      start: inversionShape.start.unwrap(),
      blockSize: inversionShape.blockSize.unwrap(),
    })
    .describe('How D_R and D_NR are made.'),
  d_robust: training.describe('Training of a fresh model on D_R.'),
  d_nonrobust: training.describe('Training of a fresh model on D_NR.'),
  evaluation: z
    .strictObject({
      examples: count.describe('Test images that are attacked.'),
      norm: attackShape.norm,
      epsilons: z.array(attackShape.epsilon).min(1).max(8).describe('Radii, in [0,1] pixel units.'),
      steps: attackShape.steps.unwrap(),
      randomStart: attackShape.randomStart.unwrap(),
      restarts: attackShape.restarts.unwrap(),
      blockSize: attackShape.blockSize.unwrap(),
    })
    .describe('How the robust accuracy of all models is measured.'),
};

const parameters = z.strictObject(robustFeaturesShape);
export type RobustFeaturesProfile = z.input<typeof parameters>;
export type RobustFeaturesParameters = z.output<typeof parameters>;
