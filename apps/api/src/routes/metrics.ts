import type { ApiMetrics } from '@toogit/telemetry';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { installationAdmin } from '../route-access.js';

/** `GET /metrics` in Prometheus' format, and the durations that it reports. Event streams, open for hours, are left
 * out. What it counts is of all projects, so only an administrator of the installation may read it. */
export const metricsRoutes = fp(async (app: FastifyInstance, { metrics }: { metrics: ApiMetrics }) => {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    if (route.endsWith('/events')) return;
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    metrics.httpRequest(labels, reply.elapsedTime / 1000);
  });

  app.get('/metrics', { config: installationAdmin, schema: { hide: true } }, async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.text();
  });
});
