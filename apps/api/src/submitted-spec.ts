import { planExperiment } from '@toogit/planner';
import type { NewExperiment } from '@toogit/runs';
import { parseSpec, resolveSpec, specDigest } from '@toogit/spec';

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
export function readSpec(body: unknown): Omit<NewExperiment, 'idempotencyKey'> {
  const spec = parseSpec(typeof body === 'string' ? body : '');
  const resolvedSpec = resolveSpec(spec);
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
