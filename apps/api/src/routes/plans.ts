import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { awaitedAnswer } from '../planning/awaited-answer.js';
import { costOfJobs, costOfText } from '../planning/cost.js';
import type { Planning } from '../planning/planning.js';
import { projectRead } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { planSummary } from '../schemas/plan.js';
import { specRequestBody, specText } from '../submitted-spec.js';

export const planRoutes: FastifyPluginAsyncZod<{ planning: Planning }> = async (app, { planning }) => {
  app.post(
    '/plans',
    {
      preHandler: awaitedAnswer,
      config: { ...projectRead, documentedBody: specRequestBody },
      schema: {
        operationId: 'planExperiment',
        tags: ['plans'],
        summary: 'What a spec would run',
        description: 'Checks and plans the spec as a submission would, and stores nothing.',
        querystring: z.strictObject({}),
        response: {
          200: planSummary,
          ...failures('SPEC_INVALID', 'SPEC_SYNTAX', 'SPEC_TOO_LARGE', 'PLAN_TOO_COSTLY'),
        },
      },
    },
    async (request) => {
      const text = specText(request);
      request.charge(costOfText(text));
      const summary = await planning.plan(request.project, text);
      request.charge(costOfJobs(summary.jobs));
      return summary;
    },
  );
};
