import { type ExperimentPlan, planExperiment } from '@toogit/planner';
import type { NewExperiment } from '@toogit/runs';
import { parseSpec, type ResolvedSpec, resolveSpec, specDigest, withLines } from '@toogit/spec';

/**
 * From the text of a body to everything an experiment is made of. Pure: what is refused here has touched nothing.
 *
 * @throws SPEC_SYNTAX, SPEC_INVALID, SPEC_TOO_LARGE
 */
export function readSpec(text: string): Omit<NewExperiment, 'idempotencyKey'> & { plan: ExperimentPlan } {
  const spec = parseSpec(text);
  const resolvedSpec = resolvedOrRefused(spec, text);
  return {
    name: resolvedSpec.name,
    study: resolvedSpec.study,
    profile: resolvedSpec.profile,
    spec,
    resolvedSpec,
    specDigest: specDigest(resolvedSpec),
    plan: planExperiment(resolvedSpec),
  };
}

function resolvedOrRefused(spec: unknown, text: string): ResolvedSpec {
  try {
    return resolveSpec(spec);
  } catch (error) {
    throw withLines(error, text);
  }
}
