import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { projectRead } from '../route-access.js';
import { artifactList } from '../schemas/artifact.js';
import { failures } from '../schemas/error.js';
import { jobList } from '../schemas/job.js';
import { metricList } from '../schemas/metric.js';
import { experimentId, name, pageOf, pageQuery } from '../schemas/values.js';

const tags = ['experiments'];

/** What an experiment consists of and has produced: jobs, metrics, artifacts. */
export const resultRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/experiments/:id/jobs',
    {
      config: projectRead,
      schema: {
        operationId: 'listJobs',
        tags,
        summary: 'Its jobs, with state, progress and attempts',
        params: experimentId,
        querystring: z.strictObject(pageQuery),
        response: { 200: jobList, ...failures('NOT_FOUND', 'ID_AMBIGUOUS', 'CURSOR_INVALID') },
      },
    },
    async (request) => await request.runs.listJobs(request.params.id, pageOf(request.query)),
  );

  app.get(
    '/experiments/:id/metrics',
    {
      config: projectRead,
      schema: {
        operationId: 'listMetrics',
        tags,
        summary: 'Its metrics, each with its context',
        params: experimentId,
        querystring: z.strictObject({
          ...pageQuery,
          name: name.optional().describe('Only this metric, e.g. `trainLoss`.'),
        }),
        response: { 200: metricList, ...failures('NOT_FOUND', 'ID_AMBIGUOUS', 'CURSOR_INVALID') },
      },
    },
    async (request) => {
      const { name } = request.query;
      return await request.runs.listMetrics(request.params.id, {
        ...pageOf(request.query),
        ...(name === undefined ? {} : { name }),
      });
    },
  );

  app.get(
    '/experiments/:id/artifacts',
    {
      config: projectRead,
      schema: {
        operationId: 'listArtifacts',
        tags,
        summary: 'Its artifacts',
        params: experimentId,
        querystring: z.strictObject(pageQuery),
        response: { 200: artifactList, ...failures('NOT_FOUND', 'ID_AMBIGUOUS', 'CURSOR_INVALID') },
      },
    },
    async (request) => await request.runs.listArtifacts(request.params.id, pageOf(request.query)),
  );
};
