import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { projectRead, projectSubmit } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { job, jobList } from '../schemas/job.js';
import { digest } from '../schemas/values.js';
import { pushReady, type Services } from '../services.js';

export const jobRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  app.get(
    '/jobs',
    {
      config: projectRead,
      schema: {
        operationId: 'listFailedJobs',
        tags: ['jobs'],
        summary: 'Jobs that have failed for good, newest first',
        querystring: z.strictObject({
          state: z.literal('failed'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: jobList, ...failures() },
      },
    },
    async (request) => ({ items: await request.runs.listFailedJobs({ limit: request.query.limit }) }),
  );

  app.post(
    '/jobs/:key/retry',
    {
      config: projectSubmit,
      schema: {
        operationId: 'retryJob',
        tags: ['jobs'],
        summary: 'Run a failed job again',
        description: 'With all its attempts, and with it whatever failed for the same cause.',
        params: z.object({ key: digest }),
        querystring: z.strictObject({}),
        response: { 200: job, ...failures('NOT_FOUND', 'CONFLICT') },
      },
    },
    async (request) => {
      const { job, ready } = await request.runs.retryJob(request.params.key);
      await pushReady(services, ready, request.log);
      return job;
    },
  );

  app.get(
    '/jobs/:key',
    {
      config: projectRead,
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
