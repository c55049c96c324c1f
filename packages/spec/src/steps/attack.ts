import { count, norms, targetRules } from '@toogit/catalogue';
import { z } from 'zod';
import { pixelDistance } from '../pixel-distance.js';
import { blockSize, defaultStepSize, positiveDistance, precision, reference } from './values.js';

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

export const attack = z
  .strictObject({
    kind: z.literal('attack'),
    sourceModel: reference.describe('The `train` step whose model is attacked.'),
    unmovedModels: z
      .array(reference)
      .max(16)
      .describe('`train` steps whose models must go on seeing the original label.')
      .default([]),
    dataset: reference.describe('The `dataset` or `synthesize` step whose images are perturbed.'),
    examples: count.nullable().describe('The first so many examples; null is all.').default(null),
    targets: z.enum(targetRules).describe('next: class y+1; random: any class; none: untargeted.'),
    ...attackShape,
  })
  .transform((step) => ({ ...step, stepSize: step.stepSize ?? defaultStepSize(step.epsilon) }));
