import type { FastifyRequest } from 'fastify';

const example = { study: 'simple-experiment', profile: 'smoke' };

const schema = {
  type: 'object',
  additionalProperties: true,
  description:
    'An experiment spec: a preset or named steps. docs/spec.md lists every key; unknown keys are refused.',
  examples: [example],
};

/** How OpenAPI describes the body, however it is written; at run time `readSpec` checks it. */
export const specRequestBody = { 'application/json': { schema }, 'application/yaml': { schema } };

/** Kept as text by the body parsers; a request without a body has an empty spec. */
export const specText = ({ body }: Pick<FastifyRequest, 'body'>) => (typeof body === 'string' ? body : '');

/** Whether the body of a request is a spec. */
export function takesSpec({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.documentedBody === specRequestBody;
}
