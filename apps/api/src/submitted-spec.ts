import { type ExperimentPlan, planExperiment } from '@toogit/planner';
import type { NewExperiment } from '@toogit/runs';
import { parseSpec, type ResolvedSpec, resolveSpec, specDigest, withLines } from '@toogit/spec';

const example = { study: 'simple-experiment', profile: 'smoke' };

const schema = {
  type: 'object',
  additionalProperties: true,
  description:
    'An experiment spec: a preset or named steps. docs/spec.md lists every key; unknown keys are refused.',
  examples: [example],
};

/** How OpenAPI describes the body, however it is written; at run time `@toogit/spec` checks it. */
export const specRequestBody = { 'application/json': { schema }, 'application/yaml': { schema } };

/**
 * From the text of a body to everything an experiment is made of. Pure: what is refused here has touched nothing.
 *
 * @throws SPEC_SYNTAX, SPEC_INVALID, SPEC_TOO_LARGE
 */
export function readSpec(body: unknown): Omit<NewExperiment, 'idempotencyKey'> & { plan: ExperimentPlan } {
  const text = typeof body === 'string' ? body : '';
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
