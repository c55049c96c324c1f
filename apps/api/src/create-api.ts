import { randomUUID } from 'node:crypto';
import type { ServiceConfig } from '@toogit/config';
import { maxSpecBytes } from '@toogit/spec';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { bodyParsers } from './plugins/body-parsers.js';
import { answer, errorHandler } from './plugins/error-handler.js';
import { openapi } from './plugins/openapi.js';
import { unusedConnections } from './plugins/unused-connections.js';
import { artifactRoutes } from './routes/artifacts.js';
import { blobRoutes } from './routes/blobs.js';
import { dashboardRoutes } from './routes/dashboard.js';
import { eventRoutes } from './routes/events.js';
import { experimentRoutes } from './routes/experiments.js';
import { healthRoutes } from './routes/health.js';
import { jobRoutes } from './routes/jobs.js';
import { planRoutes } from './routes/plans.js';
import { reportRoutes } from './routes/report.js';
import { resultRoutes } from './routes/results.js';
import type { Services } from './services.js';

export interface ApiOptions extends Services {
  /** Logs to stdout from this level on. */
  logLevel?: ServiceConfig['logLevel'];
  /** A logger to use instead. */
  log?: FastifyBaseLogger;
}

/**
 * The API as a Fastify instance that is ready but does not listen. Closing it ends its event streams; the services
 * stay open and belong to the caller.
 */
export async function createApi({
  logLevel = 'info',
  log,
  ...services
}: ApiOptions): Promise<FastifyInstance> {
  const app = fastify({
    ...(log ? { loggerInstance: log } : { logger: { level: logLevel } }),
    exposeHeadRoutes: false,
    genReqId: () => randomUUID(),
    bodyLimit: maxSpecBytes,
    frameworkErrors: (error, request, reply) => answer(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
  });

  await app.register(openapi);

  await app.register(errorHandler);
  await app.register(bodyParsers);
  await app.register(unusedConnections);

  await app.register(healthRoutes, services);
  const v1 = [
    experimentRoutes,
    resultRoutes,
    eventRoutes,
    reportRoutes,
    planRoutes,
    jobRoutes,
    artifactRoutes,
    blobRoutes,
    dashboardRoutes,
  ];
  for (const routes of v1) await app.register(routes, { prefix: '/v1', ...services });
  await app.ready();
  return app;
}
