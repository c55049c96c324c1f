import { randomUUID } from 'node:crypto';
import type { ServiceConfig } from '@toogit/config';
import type { QueueConnection } from '@toogit/dispatch';
import { maxSpecBytes } from '@toogit/spec';
import { createApiMetrics } from '@toogit/telemetry';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { rememberedFor } from './brief-memory.js';
import { loopbackOnly } from './loopback-only.js';
import { bodyParsers } from './plugins/body-parsers.js';
import { answer, errorHandler } from './plugins/error-handler.js';
import { openapi } from './plugins/openapi.js';
import { tracing } from './plugins/tracing.js';
import { unusedConnections } from './plugins/unused-connections.js';
import { webhooks } from './plugins/webhooks.js';
import { artifactRoutes } from './routes/artifacts.js';
import { blobRoutes } from './routes/blobs.js';
import { dashboardRoutes } from './routes/dashboard.js';
import { eventRoutes } from './routes/events.js';
import { experimentRoutes } from './routes/experiments.js';
import { healthRoutes } from './routes/health.js';
import { jobRoutes } from './routes/jobs.js';
import { metricsRoutes } from './routes/metrics.js';
import { planRoutes } from './routes/plans.js';
import { queueBoardRoutes } from './routes/queue-board.js';
import { reportRoutes } from './routes/report.js';
import { resultRoutes } from './routes/results.js';
import type { Services } from './services.js';

export interface ApiOptions extends Services {
  /** Logs to stdout from this level on. */
  logLevel?: ServiceConfig['logLevel'];
  /** A logger to use instead. */
  log?: FastifyBaseLogger;
  /** The queue to show to operators under /admin/queues. */
  queue?: QueueConnection;
}

/** Scrapes come from several servers, and a backlog costs the database something. */
const backlogMs = 3_000;

/**
 * The API as a Fastify instance that is ready but does not listen. Closing it ends its event streams; the services
 * stay open and belong to the caller.
 */
export async function createApi({
  logLevel = 'info',
  log,
  queue,
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

  const metrics = createApiMetrics(rememberedFor(backlogMs, () => services.runs.backlog()));
  await app.register(tracing);
  await app.register(metricsRoutes, { metrics });

  await app.register(openapi);

  await app.register(errorHandler);
  await app.register(bodyParsers);
  await app.register(unusedConnections);
  await app.register(webhooks, {
    runs: services.runs,
    metrics,
    trustedHosts: services.webhookTrustedHosts ?? [],
  });

  await app.register(healthRoutes, services);
  if (queue) await app.register(queueBoardRoutes, { queue, requireOperator: loopbackOnly });
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
