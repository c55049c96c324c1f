import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { failures } from '../schemas/error.js';
import { job } from '../schemas/job.js';
import { digest } from '../schemas/values.js';

export const jobRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/jobs/:key',
    {
      schema: {
        operationId: 'getJob',
        tags: ['jobs'],
        summary: 'One job with its attempts',
        params: z.object({ key: digest }),
        querystring: z.strictObject({}),
        response: { 200: job, ...failures('NOT_FOUND') },
      },
    },
    async (request) => await request.runs.getJob(request.params.key),
  );
};
