import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { projectRead, projectSubmit } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { failedJobList, job } from '../schemas/job.js';
import { jobKey, pageOf, pageQuery } from '../schemas/values.js';
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
          ...pageQuery,
        }),
        response: { 200: failedJobList, ...failures('CURSOR_INVALID') },
      },
    },
    async (request) => await request.runs.listFailedJobs(pageOf(request.query)),
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
        params: jobKey,
        querystring: z.strictObject({}),
        response: { 200: job, ...failures('NOT_FOUND', 'ID_AMBIGUOUS', 'CONFLICT') },
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
        params: jobKey,
        querystring: z.strictObject({}),
        response: { 200: job, ...failures('NOT_FOUND', 'ID_AMBIGUOUS') },
      },
    },
    async (request) => await request.runs.getJob(request.params.key),
  );
};
