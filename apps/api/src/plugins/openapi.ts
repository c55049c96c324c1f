import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { publicRoute } from '../route-access.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Request body by media type, for routes that read their body as text. */
    documentedBody?: Record<string, { schema: object }>;
  }
}

type Document = ReturnType<typeof jsonSchemaTransformObject>;

/** The OpenAPI 3.1 document that the route schemas make, at /openapi.json, and a page to try it at /docs. */
export const openapi = fp(async (app) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Toogit',
        version: '1',
        description:
          'Experiments on adversarial examples as graphs of content-addressed jobs. Every error has a code, ' +
          'holds what happened and what to do next.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      security: [{ apiKey: [] }],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `tgt_<id>_<secret>`.' },
        },
      },
      tags: [
        { name: 'experiments', description: 'Submit, list, cancel, retry, and what came out.' },
        { name: 'dashboard', description: 'Figures over all experiments: as numbers, drawn, as CSV.' },
        { name: 'plans', description: 'What a spec would run, before anything runs.' },
        { name: 'jobs', description: 'Single computations.' },
        { name: 'artifacts', description: 'Tensors and reports under their digests.' },
        { name: 'access', description: 'Projects, API keys, audit log; for administrators.' },
        { name: 'service', description: 'Health and this document.' },
      ],
    },
    transform: (input) => {
      const transformed = jsonSchemaTransform(input);
      const content = 'route' in input ? input.route.config?.documentedBody : undefined;
      return content ? { ...transformed, schema: { ...transformed.schema, body: { content } } } : transformed;
    },
    transformObject: (input) => withReachableSchemas(jsonSchemaTransformObject(input)),
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  app.get('/openapi.json', { config: publicRoute, schema: { hide: true } }, () => app.swagger());
});

/** Every zod schema with an id becomes a component, in an input and an output form: keep those that are referred to. */
function withReachableSchemas(document: Document): Document {
  const { components, ...rest } = document as { components?: { schemas?: Record<string, unknown> } };
  const schemas = components?.schemas ?? {};
  const kept = new Map<string, unknown>();
  const visit = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || kept.has(name)) continue;
      kept.set(name, schemas[name]);
      visit(schemas[name]);
    }
  };
  visit(rest);
  const sorted = Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...document, components: { ...components, schemas: sorted } } as Document;
}
