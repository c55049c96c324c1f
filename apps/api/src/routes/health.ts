import { ToogitError } from '@toogit/errors';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { health, readiness } from '../schemas/health.js';
import type { Services } from '../services.js';

const checkTimeoutMs = 5_000;

export const healthRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { runs, dispatcher, blobs } = services;
  app.get(
    '/healthz',
    {
      config: { scope: 'public' },
      schema: {
        security: [],
        operationId: 'getHealth',
        tags: ['service'],
        summary: 'Whether the process answers',
        response: { 200: health },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { scope: 'public' },
      schema: {
        security: [],
        operationId: 'getReadiness',
        tags: ['service'],
        summary: 'Whether database, queue and storage answer',
        response: { 200: readiness, 503: readiness.describe('At least one does not answer.') },
      },
    },
    async (_request, reply) => {
      const [database, queue, storage] = await Promise.all([
        check(() => runs.check()),
        check(() => dispatcher.check()),
        check(() => blobs.check()),
      ]);
      const ready = [database, queue, storage].every(({ state }) => state === 'up');
      return reply
        .code(ready ? 200 : 503)
        .send({ status: ready ? 'ready' : 'unavailable', checks: { database, queue, storage } });
    },
  );
};

async function check(answers: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      answers(),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error('no answer')), checkTimeoutMs);
      }),
    ]);
    return { state: 'up' as const, code: null, message: null, next: null };
  } catch (error) {
    if (!(error instanceof ToogitError)) {
      return { state: 'down' as const, code: null, message: 'It does not answer.', next: null };
    }
    const { code, message, next } = error;
    return { state: 'down' as const, code, message, next };
  } finally {
    clearTimeout(timer);
  }
}
