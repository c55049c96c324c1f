import {
  kindOf,
  noImages,
  type ParsedSteps,
  type Problem,
  type ResolvedStep,
  type ResolvedSteps,
  type StepContext,
  type StepFacts,
} from '@toogit/catalogue';
import { orderSteps } from './references.js';

/** Facts of every step. The steps' references must be sound and free of cycles. */
export function stepFacts(steps: ParsedSteps): Map<string, StepFacts> {
  const facts = new Map<string, StepFacts>();
  const of = (name: string) => facts.get(name) ?? noImages;
  for (const name of orderSteps(steps).order) {
    const step = steps[name];
    if (step) facts.set(name, kindOf(step.kind).facts(step, of));
  }
  return facts;
}

/** Fills in the defaults that depend on other steps. */
export function resolveSteps(steps: ParsedSteps): ResolvedSteps {
  const facts = stepFacts(steps);
  const of = (name: string) => facts.get(name) ?? noImages;
  return Object.fromEntries(
    Object.entries(steps).map(([name, step]) => [
      name,
      kindOf(step.kind).resolve?.(step, of) ?? (step as ResolvedStep),
    ]),
  );
}

/** What is wrong between steps that are right each for itself. */
export function consistencyProblems(steps: ResolvedSteps): Problem[] {
  const facts = stepFacts(steps);
  const context: StepContext = {
    facts: (name) => facts.get(name) ?? noImages,
    find: <S>(name: string, kind: string) => (steps[name]?.kind === kind ? (steps[name] as S) : undefined),
  };
  return Object.entries(steps).flatMap(([name, step]) =>
    (kindOf(step.kind).problems?.(step, context) ?? []).map((p) => ({
      ...p,
      path: `steps.${name}.${p.path}`,
    })),
  );
}
