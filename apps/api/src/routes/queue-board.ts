import type { QueueConnection } from '@toogit/dispatch';
import type { FastifyInstance } from 'fastify';
import { answer } from '../plugins/error-handler.js';

const basePath = '/admin/queues';

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
  // bull-board has an error handler of its own, which would make a 500 of it.
  app.addHook('onRequest', async (request, reply) => {
    try {
      await request.authorize('admin', reply);
    } catch (error) {
      return answer(error, request, reply);
    }
  });
  await app.register(serverAdapter.registerPlugin(), { prefix: basePath });
}
