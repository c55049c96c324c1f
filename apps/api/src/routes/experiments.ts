import { experimentStates } from '@toogit/catalogue';
import { inSpan, traceParentOf } from '@toogit/telemetry';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { awaitedAnswer } from '../planning/awaited-answer.js';
import { costOfJobs, costOfText } from '../planning/cost.js';
import type { Planning } from '../planning/planning.js';
import { projectRead, projectSubmit } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { experiment, experimentList } from '../schemas/experiment.js';
import { experimentId, name, pageOf, pageQuery } from '../schemas/values.js';
import { pushReady, type Services } from '../services.js';
import { specRequestBody, specText } from '../submitted-spec.js';
import { readWebhook, webhookHeaders } from '../webhooks/webhook-headers.js';

const tags = ['experiments'];

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters without spaces')
  .optional()
  .describe('The same key with the same spec answers with the same experiment, however often it is sent.');

const priority = z.coerce
  .number()
  .int()
  .min(-100)
  .max(100)
  .describe('Higher goes first among the experiments of its project.');

const listQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(experimentStates).optional(),
  study: name.optional(),
});

interface SubmissionServices extends Services {
  planning: Planning;
}

export const experimentRoutes: FastifyPluginAsyncZod<SubmissionServices> = async (app, services) => {
  app.post(
    '/experiments',
    {
      preHandler: awaitedAnswer,
      config: { ...projectSubmit, documentedBody: specRequestBody },
      schema: {
        operationId: 'submitExperiment',
        tags,
        summary: 'Submit an experiment',
        description:
          'Validates and plans the spec, stores the experiment, and starts whatever is not known yet.',
        querystring: z.strictObject({ priority: priority.default(0) }),
        headers: z.looseObject({ 'idempotency-key': idempotencyKey, ...webhookHeaders }),
        response: {
          200: experiment.describe('The experiment that this Idempotency-Key made before.'),
          201: experiment.describe('The new experiment.'),
          ...failures(
            'SPEC_INVALID',
            'SPEC_SYNTAX',
            'SPEC_TOO_LARGE',
            'PLAN_TOO_COSTLY',
            'IDEMPOTENCY_KEY_REUSED',
            'QUOTA_EXCEEDED',
          ),
        },
      },
    },
    async (request, reply) => {
      const text = specText(request);
      request.charge(costOfText(text));
      const { planned, stored } = services.planning.submit(request.project, text, {
        idempotencyKey: request.headers['idempotency-key'] ?? null,
        priority: request.query.priority,
        webhook: readWebhook(request.headers, services.webhookTrustedHosts ?? []),
        traceParent: traceParentOf(),
      });
      request.charge(costOfJobs(await inSpan('plan', () => planned)));
      const { id, created, body, ready } = await inSpan('persist', () => stored);
      request.log.info({ experimentId: id, created, ready: ready.length }, 'experiment submitted');
      request.auditTarget = id;
      await pushReady(services, ready, request.log);
      return reply
        .code(created ? 201 : 200)
        .headers({ location: `/v1/experiments/${id}`, 'content-type': 'application/json; charset=utf-8' })
        .send(Buffer.from(body.buffer) as never);
    },
  );

  app.get(
    '/experiments',
    {
      config: projectRead,
      schema: {
        operationId: 'listExperiments',
        tags,
        summary: 'List experiments, newest first',
        querystring: listQuery,
        response: { 200: experimentList, ...failures('CURSOR_INVALID') },
      },
    },
    async (request) => {
      const { state, study } = request.query;
      return await request.runs.listExperiments({
        ...pageOf(request.query),
        ...(state === undefined ? {} : { state }),
        ...(study === undefined ? {} : { study }),
      });
    },
  );

  app.get(
    '/experiments/:id',
    {
      config: projectRead,
      schema: {
        operationId: 'getExperiment',
        tags,
        summary: 'One experiment',
        params: experimentId,
        querystring: z.strictObject({}),
        response: { 200: experiment, ...failures('NOT_FOUND', 'ID_AMBIGUOUS') },
      },
    },
    async (request) => await request.runs.getExperiment(request.params.id),
  );

  app.post(
    '/experiments/:id/cancel',
    {
      config: projectSubmit,
      schema: {
        operationId: 'cancelExperiment',
        tags,
        summary: 'Cancel an experiment',
        description:
          'Stops the jobs that no other experiment needs. What is done stays. Cancelling twice is fine.',
        params: experimentId,
        querystring: z.strictObject({}),
        response: { 200: experiment, ...failures('NOT_FOUND', 'ID_AMBIGUOUS', 'CONFLICT') },
      },
    },
    async (request) => await request.runs.cancelExperiment(request.params.id),
  );

  app.delete(
    '/experiments/:id',
    {
      config: projectSubmit,
      schema: {
        operationId: 'deleteExperiment',
        tags,
        summary: 'Forget an experiment that has ended',
        description:
          'Its jobs and artifacts stay while other experiments hold them; what nobody holds is removed by garbage collection after its grace period.',
        params: experimentId,
        querystring: z.strictObject({}),
        response: { 204: z.null(), ...failures('NOT_FOUND', 'ID_AMBIGUOUS', 'CONFLICT') },
      },
    },
    async (request, reply) => {
      await request.runs.deleteExperiment(request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.patch(
    '/experiments/:id',
    {
      config: projectSubmit,
      schema: {
        operationId: 'changeExperiment',
        tags,
        summary: 'Change its priority',
        params: experimentId,
        querystring: z.strictObject({}),
        body: z.strictObject({ priority: z.int().min(-100).max(100) }),
        response: { 200: experiment, ...failures('NOT_FOUND', 'ID_AMBIGUOUS') },
      },
    },
    async (request) => await request.runs.setPriority(request.params.id, request.body.priority),
  );

  app.post(
    '/experiments/:id/pause',
    {
      config: projectSubmit,
      schema: {
        operationId: 'pauseExperiment',
        tags,
        summary: 'Pause an experiment',
        description:
          'Begins no more jobs that only paused experiments need; running ones go on. Pausing twice is fine.',
        params: experimentId,
        querystring: z.strictObject({}),
        response: { 200: experiment, ...failures('NOT_FOUND', 'ID_AMBIGUOUS', 'CONFLICT') },
      },
    },
    async (request) => await request.runs.pauseExperiment(request.params.id),
  );

  app.post(
    '/experiments/:id/resume',
    {
      config: projectSubmit,
      schema: {
        operationId: 'resumeExperiment',
        tags,
        summary: 'Resume a paused experiment',
        params: experimentId,
        querystring: z.strictObject({}),
        response: { 200: experiment, ...failures('NOT_FOUND', 'ID_AMBIGUOUS') },
      },
    },
    async (request) => {
      const { experiment, ready } = await request.runs.resumeExperiment(request.params.id);
      await pushReady(services, ready, request.log);
      return experiment;
    },
  );

  app.post(
    '/experiments/:id/retry',
    {
      config: projectSubmit,
      schema: {
        operationId: 'retryExperiment',
        tags,
        summary: 'Run the failed and cancelled jobs again',
        params: experimentId,
        querystring: z.strictObject({}),
        response: { 200: experiment, ...failures('NOT_FOUND', 'ID_AMBIGUOUS', 'CONFLICT', 'QUOTA_EXCEEDED') },
      },
    },
    async (request) => {
      const { experiment, ready } = await request.runs.retryExperiment(request.params.id);
      await pushReady(services, ready, request.log);
      return experiment;
    },
  );
};
