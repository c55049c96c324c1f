import { z } from 'zod';
import type { StepContext, StepFacts } from '../../definitions/kind-definition.js';
import { pixelDistance, positiveDistance } from '../../pixel-distance.js';
import type { Problem } from '../../problem.js';
import {
  blockSize,
  defaultStepSize,
  firstExamples,
  imageSteps,
  precision,
  reference,
} from '../../step-values.js';
import { count, norms, targetRules } from '../../values.js';
import { blockProblems, otherImages } from '../image-problems.js';

/** Settings of one attack, without what it attacks. */
export const attackShape = {
  norm: z.enum(norms).describe('Norm of the perturbation.'),
  epsilon: pixelDistance.describe('Radius of the perturbation set, in [0,1] pixel units.'),
  stepSize: positiveDistance
    .exactOptional()
    .describe('Length of a step, in [0,1] pixel units; a fifth of epsilon unless given.'),
  steps: count.describe('Steps of PGD.').default(100),
  randomStart: z.boolean().describe('Start at a random point of the perturbation set.').default(false),
  restarts: count.describe('Attempts, of which the best is kept.').default(1),
  gradientSamples: count
    .describe('Gradients averaged over so many augmented copies; 1 is plain PGD.')
    .default(1),
  precision,
  blockSize,
};

export const attackStep = z
  .strictObject({
    kind: z.literal('attack'),
    sourceModel: reference.describe('The `train` step whose model is attacked.'),
    unmovedModels: z
      .array(reference)
      .max(16)
      .describe('`train` steps whose models must go on seeing the original label.')
      .default([]),
    dataset: reference.describe('The `dataset` or `synthesize` step whose images are perturbed.'),
    examples: firstExamples,
    targets: z.enum(targetRules).describe('next: class y+1; random: any class; none: untargeted.'),
    ...attackShape,
  })
  .transform((step) => ({ ...step, stepSize: step.stepSize ?? defaultStepSize(step.epsilon) }));
export type AttackStep = z.output<typeof attackStep>;

export const attackReferences = {
  sourceModel: ['train'],
  'unmovedModels.*': ['train'],
  dataset: imageSteps,
};

/** Of a step that makes as many float32 images of those of `dataset`. */
export function perturbedFacts(
  { dataset, examples }: { dataset: string; examples: number | null },
  of: (name: string) => StepFacts,
): StepFacts {
  const { images, examples: available, isBound } = of(dataset);
  return {
    images: images && { ...images, bytesPerPixel: 4 },
    examples: examples ?? available,
    isBound,
  };
}

export function attackProblems(step: AttackStep, context: StepContext): Problem[] {
  return [
    ...blockProblems(step, context),
    ...otherImages('sourceModel', step.sourceModel, step.dataset, context),
    ...step.unmovedModels.flatMap((model, i) =>
      otherImages(`unmovedModels.${i}`, model, step.dataset, context),
    ),
  ];
}
