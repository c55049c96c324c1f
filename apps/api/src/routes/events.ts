import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { experimentFeed } from '../experiment-feed.js';
import { projectRead } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { type ExperimentEvent, experimentEvent } from '../schemas/event.js';
import { experimentId } from '../schemas/values.js';
import type { Services } from '../services.js';

const heartbeatMs = 15_000;
const minIntervalMs = 100;

export const eventRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());

  app.get(
    '/experiments/:id/events',
    {
      config: projectRead,
      schema: {
        operationId: 'watchExperiment',
        tags: ['experiments'],
        summary: 'What happens to it, as server-sent events',
        description:
          'A snapshot first, so a client that lost its connection connects again and has missed nothing. At most ten ' +
          'batches a second; a comment every 15 s keeps the connection open; `end` is the last event.',
        params: experimentId,
        querystring: z.strictObject({}),
        response: {
          200: {
            description: 'The stream.',
            content: { 'text/event-stream': { schema: experimentEvent } },
          },
          ...failures('NOT_FOUND', 'ID_AMBIGUOUS'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { runs } = request;
      await runs.getExperiment(id);
      const gone = new AbortController();
      const stop = () => gone.abort();
      reply.raw.once('close', stop);
      closing.signal.addEventListener('abort', stop, { once: true });
      reply.raw.once('close', () => closing.signal.removeEventListener('abort', stop));
      const events = experimentFeed(services.runs, runs, id, {
        signal: gone.signal,
        minIntervalMs,
        heartbeatMs,
      });
      return reply
        .headers({
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
          // A connection kept alive behind a stream would hold up the service when it stops.
          connection: 'close',
        })
        .send(textOf(events, gone.signal));
    },
  );
};

/** The events as a byte stream; the route's schema describes the events in it, hence the type. */
function textOf(events: AsyncIterable<ExperimentEvent | null>, signal: AbortSignal): ExperimentEvent {
  async function* text(): AsyncGenerator<string> {
    try {
      for await (const event of events) yield event === null ? ': heartbeat\n\n' : textOfEvent(event);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
  return Readable.from(text()) as unknown as ExperimentEvent;
}

function textOfEvent({ event, data }: ExperimentEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
