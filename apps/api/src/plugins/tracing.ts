import { endFailed, startSpan, traceIdOf, within } from '@toogit/telemetry';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

type Span = ReturnType<typeof startSpan>;

/**
 * A span for each request, below the caller's (`traceparent`). Lines of the log carry its trace, and the experiment or
 * job that the route names. Health checks and scrapes are not traced.
 */
export const tracing = fp(async (app) => {
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const about = subjectOf(route, request.params);
    if (route.startsWith('/v1/')) {
      const { traceparent } = request.headers;
      const span = startSpan(
        `${request.method} ${route}`,
        typeof traceparent === 'string' ? traceparent : null,
        {
          kind: 'server',
          attributes: { 'http.request.method': request.method, 'http.route': route, ...about },
        },
      );
      spans.set(request, span);
      const traceId = traceIdOf(span);
      if (traceId !== null) about.traceId = traceId;
    }
    if (Object.keys(about).length > 0) {
      request.log = request.log.child(about);
      reply.log = request.log;
    }
  });

  // After the body has been read: whatever runs from here on is inside the span.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) within(span, done);
    else done();
  });

  app.addHook('onResponse', async (request, reply) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500 && span) endFailed(span, `answered ${reply.statusCode}`);
    else span?.end();
  });
});

/** What a route is about, under the names that the worker's log uses too. */
function subjectOf(route: string, params: unknown): Record<string, string> {
  const { id, key } = (params ?? {}) as { id?: string; key?: string };
  if (route.startsWith('/v1/experiments/') && id !== undefined) return { experimentId: id };
  if (route.startsWith('/v1/jobs/') && key !== undefined) return { jobKey: key };
  return {};
}
