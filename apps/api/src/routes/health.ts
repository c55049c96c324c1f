import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readinessOf, withoutReasons } from '../readiness.js';
import { installationAdmin, publicRoute } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { health, readiness } from '../schemas/health.js';
import type { Services } from '../services.js';

const tags = ['service'];

export const healthRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const currentReadiness = readinessOf(services, app.log);
  app.get(
    '/healthz',
    {
      config: publicRoute,
      schema: {
        ...{ security: [], operationId: 'getHealth', tags },
        summary: 'Whether the process answers',
        response: { 200: health },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: publicRoute,
      schema: {
        ...{ security: [], operationId: 'getReadiness', tags },
        summary: 'Whether database, queue and storage answer',
        description: 'At most a few seconds old. Reasons are given in embedded mode only.',
        response: { 200: readiness, 503: readiness.describe('At least one does not answer.') },
      },
    },
    async (request, reply) => {
      const current = await currentReadiness();
      return reply
        .code(current.status === 'ready' ? 200 : 503)
        .send(request.principal === null ? withoutReasons(current) : current);
    },
  );

  app.get(
    '/v1/readiness',
    {
      config: installationAdmin,
      schema: {
        ...{ operationId: 'getReadinessReasons', tags, querystring: z.strictObject({}) },
        summary: 'Why database, queue or storage does not answer',
        response: { 200: readiness, ...failures() },
      },
    },
    async () => await currentReadiness(),
  );
};
