import { randomUUID } from 'node:crypto';
import type { ServiceConfig } from '@toogit/config';
import type { QueueConnection } from '@toogit/dispatch';
import { maxSpecBytes } from '@toogit/spec';
import { createApiMetrics } from '@toogit/telemetry';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { logOptions } from './log-options.js';
import { Planning, type PlanningLimits, usualLimits } from './planning/planning.js';
import { type AccessMode, access } from './plugins/access.js';
import { audit } from './plugins/audit.js';
import { bodyParsers } from './plugins/body-parsers.js';
import { browserSafety } from './plugins/browser-safety.js';
import { answer, answerUnreadable, errorHandler } from './plugins/error-handler.js';
import { openapi } from './plugins/openapi.js';
import { refusalOfOtherMethods } from './plugins/other-methods.js';
import { shortIds } from './plugins/short-ids.js';
import { tracing } from './plugins/tracing.js';
import { unusedConnections } from './plugins/unused-connections.js';
import { webhooks } from './plugins/webhooks.js';
import { requireRouteAccess } from './route-access.js';
import { accessRoutes } from './routes/access.js';
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
import { rememberedFor } from './ttl-cache.js';

export interface ApiOptions extends Services {
  /** Whether callers need API keys. `open` must not listen on any address but 127.0.0.1. */
  access: AccessMode;
  /** Origins whose pages may read answers; none unless given. */
  corsOrigins?: readonly string[];
  /** Addresses of proxies whose X-Forwarded-For is believed; none unless given. */
  trustedProxies?: readonly string[];
  /** Of one key, unless the key has a limit of its own. */
  requestsPerMinute?: number;
  /** How often the keys of open streams are checked again. */
  streamRecheckMs?: number;
  /** Of planning specs, where they differ from the usual ones. */
  planningLimits?: Partial<PlanningLimits>;
  /** Logs to stdout from this level on. */
  logLevel?: ServiceConfig['logLevel'];
  /** A logger to use instead, made with `logOptions`, so that it writes no secrets. */
  log?: FastifyBaseLogger;
  /** The queue to show to operators under /admin/queues. */
  queue?: QueueConnection;
}

/** Scrapes come from several servers, and a backlog costs the database something. */
const backlogMs = 3_000;
/** A request arrives within a minute; no socket is silent for longer than two (event streams send every 15 s). */
const timeouts = { requestTimeout: 60_000, connectionTimeout: 120_000, keepAliveTimeout: 72_000 };

/**
 * The API as a Fastify instance that is ready but does not listen. Closing it ends its event streams; the services
 * stay open and belong to the caller.
 */
export async function createApi({
  logLevel = 'info',
  log,
  queue,
  access: accessMode,
  corsOrigins = [],
  trustedProxies = [],
  requestsPerMinute = 1_200,
  streamRecheckMs = 5_000,
  planningLimits = {},
  ...services
}: ApiOptions): Promise<FastifyInstance> {
  const app = fastify({
    ...(log ? { loggerInstance: log } : { logger: { level: logLevel, ...logOptions } }),
    exposeHeadRoutes: false,
    genReqId: () => randomUUID(),
    bodyLimit: maxSpecBytes,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    ...timeouts,
    frameworkErrors: (error, request, reply) => answer(error, request, reply),
    clientErrorHandler: answerUnreadable,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
  });

  requireRouteAccess(app);
  // Before any route: a route keeps the error handler that was there when it was registered.
  await app.register(errorHandler);
  await app.register(tracing);
  await app.register(browserSafety, { corsOrigins });
  await app.register(access, {
    services,
    access: accessMode,
    corsOrigins,
    requestsPerMinute,
    streamRecheckMs,
  });
  await app.register(audit, { services });
  await app.register(shortIds);
  const metrics = createApiMetrics(rememberedFor(backlogMs, () => services.runs.backlog()));
  await app.register(metricsRoutes, { metrics });
  await app.register(openapi);

  await app.register(bodyParsers);
  await app.register(unusedConnections);
  await app.register(webhooks, {
    runs: services.runs,
    metrics,
    trustedHosts: services.webhookTrustedHosts ?? [],
  });

  const refuseOtherMethods = refusalOfOtherMethods(app);
  await app.register(healthRoutes, services);
  if (queue) await app.register(queueBoardRoutes, { queue });
  const planning = new Planning(services.runs.databaseUrl, { ...usualLimits, ...planningLimits });
  app.addHook('onClose', () => planning.close());
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
    accessRoutes,
  ];
  for (const routes of v1) await app.register(routes, { prefix: '/v1', ...services, planning });
  refuseOtherMethods();
  await app.ready();
  return app;
}
