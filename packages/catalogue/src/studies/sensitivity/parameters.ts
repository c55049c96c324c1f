import { z } from 'zod';
import { augmentations } from '../../values.js';
import { attackExamples, standardModelShape, threatShape, training } from '../base-models/parameters.js';

export const sensitivityShape = {
  ...standardModelShape,
  ...threatShape,
  attackExamples,
  fresh: training
    .omit({ learningRate: true, augmentation: true })
    .describe('What all trainings on D_det and D_rand have in common.'),
  learningRates: z.array(z.number().positive()).min(1).max(16).describe('Learning rates that are tried.'),
  augmentations: z
    .array(z.enum(augmentations))
    .min(1)
    .max(augmentations.length)
    .describe('Augmentations that are tried, each with every learning rate.'),
};

const parameters = z.strictObject(sensitivityShape);
export type SensitivityProfile = z.input<typeof parameters>;
export type SensitivityParameters = z.output<typeof parameters>;
