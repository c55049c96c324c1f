import type { QueueConnection } from '@toogit/dispatch';
import type { FastifyInstance } from 'fastify';
import { answer } from '../plugins/error-handler.js';

const basePath = '/admin/queues';
/** The page runs its own scripts; its style sheet from another site (fonts) is refused. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** bull-board, for administrators to look at the queue: read-only, because the truth is in Postgres. */
export async function queueBoardRoutes(app: FastifyInstance, { queue }: { queue: QueueConnection }) {
  const [{ createBullBoard }, { FastifyAdapter }, { openBoardQueues }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/fastify'),
    import('@toogit/dispatch'),
  ]);
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(basePath);
  const board = openBoardQueues(queue, (error) => app.log.warn({ err: error }, 'queue board'));
  app.addHook('onClose', () => board.close());
  createBullBoard({
    queues: board.queues,
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Toogit' } },
  });
  app.addHook('onRoute', (route) => {
    // bull-board has an error handler of its own, which would make a 500 of a refused key.
    route.errorHandler = answer;
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', contentSecurityPolicy);
  });
  await app.register(serverAdapter.registerPlugin(), { prefix: basePath });
}
