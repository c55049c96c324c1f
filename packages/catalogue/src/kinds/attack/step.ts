import { z } from 'zod';
import {
  type AttackName,
  attackNames,
  attackOf,
  attacks,
  defaultAttack,
  ownParameters,
  ownParametersOf,
  usualStepSize,
} from '../../attacks.js';
import type { StepContext, StepFacts } from '../../definitions/kind-definition.js';
import { pixelDistance, positiveDistance } from '../../pixel-distance.js';
import { type Problem, problem } from '../../problem.js';
import { blockSize, firstExamples, imageSteps, precision, reference } from '../../step-values.js';
import { count, norms, targetRules } from '../../values.js';
import { blockProblems, otherImages } from '../image-problems.js';

/** Settings of one attack, without what it attacks. */
export const attackShape = {
  method: z
    .enum(attackNames)
    .describe(
      Object.entries(attacks)
        .map(([name, { title, summary, source }]) => `${name}: ${title}, ${summary} (${source})`)
        .join('; '),
    )
    .default(defaultAttack),
  norm: z.enum(norms).describe('Norm of the perturbation.'),
  epsilon: pixelDistance.describe('Radius of the perturbation set, in [0,1] pixel units.'),
  stepSize: positiveDistance
    .exactOptional()
    .describe('Length of a step, in [0,1] pixel units; unless given, that of the method.'),
  steps: count.exactOptional().describe('Steps of the attack; unless given, those of the method.'),
  randomStart: z.boolean().describe('Start at a random point of the perturbation set.').default(false),
  restarts: count.describe('Attempts, of which the best is kept.').default(1),
  gradientSamples: count
    .describe('Gradients averaged over so many augmented copies; 1 is the plain gradient.')
    .default(1),
  precision,
  blockSize,
  ...ownParameters,
};

/** What PGD has of its own came after its first results: at its default it is left out, so that their keys stay. */
function withoutDefaults<S extends { method: AttackName }>(step: S): S {
  if (step.method !== defaultAttack) return step;
  const defaults = ownParametersOf({ method: defaultAttack });
  const kept = Object.entries(step).filter(
    ([name, value]) => !(name in defaults) || value !== defaults[name],
  );
  return Object.fromEntries(kept) as S;
}

export const attackStep = z
  .strictObject({
    kind: z.literal('attack'),
    sourceModel: reference.describe('The `train` step whose model is attacked.'),
    nonTransferModels: z
      .array(reference)
      .max(16)
      .describe('`train` steps whose models must go on predicting the original label.')
      .default([]),
    dataset: reference.describe('The `dataset` or `synthesize` step whose images are perturbed.'),
    examples: firstExamples,
    targets: z.enum(targetRules).describe('next: class y+1; random: any class; none: untargeted.'),
    ...attackShape,
  })
  .transform((step) => {
    const steps = step.steps ?? attackOf(step).defaultSteps;
    const stepSize = step.stepSize ?? usualStepSize(step, { epsilon: step.epsilon, steps });
    return withoutDefaults({ ...step, ...ownParametersOf(step), steps, stepSize });
  });
export type AttackStep = z.output<typeof attackStep>;

export const attackReferences = {
  sourceModel: ['train'],
  'nonTransferModels.*': ['train'],
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
    ...methodProblems(step, context),
    ...blockProblems(step, context),
    ...otherImages('sourceModel', step.sourceModel, step.dataset, context),
    ...step.nonTransferModels.flatMap((model, i) =>
      otherImages(`nonTransferModels.${i}`, model, step.dataset, context),
    ),
  ];
}

function methodProblems(step: AttackStep, { facts }: StepContext): Problem[] {
  const { title, norms, parameters, problems } = attackOf(step);
  const foreign = Object.keys(ownParameters).filter(
    (name) => Object.hasOwn(step, name) && !Object.hasOwn(parameters, name),
  );
  return [
    ...foreign.map((name) => problem(name, `${title} has no ${name}; ${ownersOf(name)} has`)),
    ...(norms.includes(step.norm) ? [] : [problem('norm', `${title} is for ${norms.join(', ')}`)]),
    ...(problems?.({ ...step, ...ownParametersOf(step) }, facts(step.dataset).images?.classes ?? null) ?? []),
  ];
}

const ownersOf = (parameter: string): string =>
  attackNames.filter((method) => Object.hasOwn(attacks[method].parameters, parameter)).join(', ');
