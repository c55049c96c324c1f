import { architectureNames } from '@toogit/networks';
import { z } from 'zod';
import type { PlanContext } from '../definitions/kind-definition.js';
import type { EvaluateStep } from '../kinds/evaluate/step.js';
import type { TrainStep } from '../kinds/train/step.js';
import { adversarialTraining, augmentations, count } from '../values.js';

/** The settings that made the model of a row. */
export const trainingFacts = z.strictObject({
  architecture: z.enum(architectureNames),
  width: z.number().positive(),
  depth: count.nullable(),
  epochs: count,
  learningRate: z.number().positive(),
  augmentation: z.enum(augmentations),
  adversarial: adversarialTraining.nullable(),
});
export type TrainingFacts = z.infer<typeof trainingFacts>;

export function trainingOf(model: string, context: PlanContext): TrainingFacts {
  const step = context.step<TrainStep>(model, 'train');
  const { architecture, width, depth, epochs, learningRate, augmentation, adversarial } = step;
  return { architecture, width, depth, epochs, learningRate, augmentation, adversarial };
}

/** Of the model that a step evaluates. */
export const trainingOfEvaluated = (evaluation: string, context: PlanContext): TrainingFacts =>
  trainingOf(context.step<EvaluateStep>(evaluation, 'evaluate').model, context);
