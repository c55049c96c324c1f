import { z } from 'zod';
import { jobKinds } from '../kinds.js';
import { attackParams, featurePerturbation } from '../values.js';
import { perturbationWarnings } from './perturbation-warnings.js';
import { trainingWarnings } from './training-warnings.js';
import { below, type Warning } from './warning.js';

/** Most warnings that are given of one spec. */
export const maxWarnings = 100;

/** What of a resolved spec is looked at: its steps hold the parameters of their jobs under the same names. */
const stepsOfPoints = z.object({
  points: z.array(z.object({ steps: z.record(z.string(), z.looseObject({ kind: z.string() })) })),
});

const settings = {
  attack: z.object(attackParams.shape),
  'feature-responses': z.object(featurePerturbation.shape),
  train: z.object(jobKinds.train.params.shape),
};

/**
 * What a resolved spec asks for that most likely is not meant, each once however many points of the matrix have it. Of
 * one that an earlier version resolved, as much as can be read.
 */
export function specWarnings(resolvedSpec: unknown): Warning[] {
  const { points } = stepsOfPoints.safeParse(resolvedSpec).data ?? { points: [] };
  const found = new Map<string, Warning>();
  for (const { steps } of points) {
    for (const [name, step] of Object.entries(steps)) {
      for (const each of stepWarnings(step).map(below(`steps.${name}`))) {
        found.set(`${each.path}\n${each.message}`, each);
        if (found.size === maxWarnings) return [...found.values()];
      }
    }
  }
  return [...found.values()];
}

function stepWarnings(step: { kind: string }): Warning[] {
  if (step.kind === 'train') {
    const { data } = settings.train.safeParse(step);
    return data ? trainingWarnings(data) : [];
  }
  if (step.kind !== 'attack' && step.kind !== 'feature-responses') return [];
  const { data } = settings[step.kind].safeParse(step);
  return data ? perturbationWarnings(data) : [];
}
