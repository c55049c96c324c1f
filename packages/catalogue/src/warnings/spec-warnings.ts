import { z } from 'zod';
import { isStepKind, kindOf } from '../kinds.js';
import { below, type Warning } from './warning.js';

/** Most warnings that are given of one spec. */
export const maxWarnings = 100;

/** What of a resolved spec is looked at. */
const stepsOfPoints = z.object({
  points: z.array(z.object({ steps: z.record(z.string(), z.looseObject({ kind: z.string() })) })),
});

/**
 * What of a resolved spec most likely is not meant, each once however many points of the matrix have it. Of
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

const stepWarnings = (step: { kind: string }): Warning[] =>
  isStepKind(step.kind) ? (kindOf(step.kind).stepWarnings?.(step) ?? []) : [];
