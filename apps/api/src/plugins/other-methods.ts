import { ToogitError } from '@toogit/core';
import type { FastifyInstance } from 'fastify';
import { publicRoute } from '../route-access.js';

/**
 * Watches which methods the paths of the document get from now on. The function that it returns makes all other
 * methods of these paths answer 405, whoever requests them; preflights are left to CORS.
 */
export function refusalOfOtherMethods(app: FastifyInstance): () => void {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method, schema }) => {
    if (schema?.operationId === undefined) return;
    methodsOf.set(url, new Set([...(methodsOf.get(url) ?? []), ...[method].flat()]));
  });
  return () => {
    for (const [url, methods] of methodsOf) {
      const others = app.supportedMethods.filter((method) => method !== 'OPTIONS' && !methods.has(method));
      const allow = [...methods].sort().join(', ');
      app.route({
        ...{ url, method: others, config: publicRoute, schema: { hide: true } },
        // Before the body, which some methods must have, is looked for.
        onRequest: async ({ method }, reply) => {
          reply.header('allow', allow);
          throw new ToogitError('METHOD_NOT_ALLOWED', `There is no ${method} here.`);
        },
        handler: async () => {},
      });
    }
  };
}
