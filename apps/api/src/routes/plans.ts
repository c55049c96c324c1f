import { summarizePlan } from '@toogit/planner';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { projectRead } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { planSummary } from '../schemas/plan.js';
import { readSpec, specRequestBody } from '../submitted-spec.js';

export const planRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/plans',
    {
      config: { ...projectRead, documentedBody: specRequestBody },
      schema: {
        operationId: 'planExperiment',
        tags: ['plans'],
        summary: 'What a spec would run',
        description: 'Checks and plans the spec as a submission would, and stores nothing.',
        querystring: z.strictObject({}),
        response: {
          200: planSummary,
          ...failures('SPEC_INVALID', 'SPEC_SYNTAX', 'SPEC_TOO_LARGE'),
        },
      },
    },
    async (request) => {
      const { name, study, profile, specDigest, plan } = readSpec(request.body);
      const known = await request.runs.jobStates(plan.jobs.map(({ key }) => key));
      return { name, study, profile, specDigest, ...summarizePlan(plan, known) };
    },
  );
};
