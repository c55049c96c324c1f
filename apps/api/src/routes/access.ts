import { ToogitError } from '@toogit/core';
import type { ProjectLimits } from '@toogit/runs';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Principal } from '../plugins/access.js';
import { anyAdmin, installationAdmin } from '../route-access.js';
import * as schemas from '../schemas/access.js';
import { failures } from '../schemas/error.js';
import { pageOf, pageQuery } from '../schemas/values.js';
import type { Services } from '../services.js';

const tags = ['access'];
const querystring = z.strictObject({});
const unlimited: ProjectLimits = {
  maxRunningExperiments: null,
  maxOpenJobs: null,
  maxStoredBytes: null,
  maxRunningJobs: null,
  maxStartsPerMinute: null,
  maxJobDurationMs: null,
  share: 1,
};

/** Projects, keys, and who did what. An administrator of one project manages its keys; one of none manages all. */
export const accessRoutes: FastifyPluginAsyncZod<Services> = async (app, { runs: { access } }) => {
  app.get(
    '/projects',
    {
      config: anyAdmin,
      schema: {
        ...{ operationId: 'listProjects', tags, querystring },
        summary: 'Projects with their limits',
        response: { 200: schemas.projectList, ...failures() },
      },
    },
    async (request) => ({ items: await access.listProjects(principalOf(request).projectId) }),
  );

  app.post(
    '/projects',
    {
      config: installationAdmin,
      schema: {
        ...{ operationId: 'createProject', tags, querystring },
        summary: 'Create a project',
        body: schemas.newProject,
        response: { 201: schemas.project, ...failures('CONFLICT') },
      },
    },
    async (request, reply) => {
      const { id, limits } = request.body;
      request.auditTarget = id;
      return reply.code(201).send(await access.createProject(id, { ...unlimited, ...given(limits) }));
    },
  );

  app.patch(
    '/projects/:id',
    {
      config: installationAdmin,
      schema: {
        ...{ operationId: 'setProjectLimits', tags, querystring },
        summary: 'Change the limits that are given',
        params: z.object({ id: schemas.projectId }),
        body: schemas.newLimits,
        response: { 200: schemas.project, ...failures('NOT_FOUND') },
      },
    },
    async (request) => {
      return await access.setLimits(request.params.id, given(request.body));
    },
  );

  app.get(
    '/keys',
    {
      config: anyAdmin,
      schema: {
        ...{ operationId: 'listKeys', tags, querystring },
        summary: 'Keys, without their secrets',
        response: { 200: schemas.keyList, ...failures() },
      },
    },
    async (request) => ({ items: await access.listKeys(principalOf(request).projectId) }),
  );

  app.post(
    '/keys',
    {
      config: anyAdmin,
      schema: {
        ...{ operationId: 'createKey', tags, querystring },
        summary: 'Create a key',
        description: 'The answer holds its secret, which is never shown again.',
        body: schemas.newKey,
        response: { 201: schemas.keyWithSecret, ...failures('NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const { projectId: wanted, ...key } = request.body;
      const own = principalOf(request).projectId;
      const projectId = wanted === undefined ? own : wanted;
      if (own !== null && projectId !== own) {
        throw new ToogitError('FORBIDDEN', `This key manages the keys of project ${own} only.`);
      }
      if (projectId === null && key.scope !== 'admin') {
        throw new ToogitError(
          'REQUEST_INVALID',
          'Only a key with the scope admin can do without a project.',
          {
            details: [{ path: 'body.projectId', message: 'is required for this scope' }],
          },
        );
      }
      const created = await access.createKey({ ...key, projectId });
      request.auditTarget = created.key.id;
      return reply.code(201).header('cache-control', 'no-store').send(created);
    },
  );

  app.post(
    '/keys/:id/rotate',
    {
      config: anyAdmin,
      schema: {
        ...{ operationId: 'rotateKey', tags, querystring },
        summary: 'A new secret for a key; the old one lives on for a while',
        params: schemas.keyId,
        body: schemas.rotation,
        response: { 200: schemas.keyWithSecret, ...failures('NOT_FOUND', 'CONFLICT') },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { graceSeconds } = request.body;
      const rotated = await access.rotateKey(id, graceSeconds, principalOf(request).projectId);
      return reply.header('cache-control', 'no-store').send(rotated);
    },
  );

  app.post(
    '/keys/:id/revoke',
    {
      config: anyAdmin,
      schema: {
        ...{ operationId: 'revokeKey', tags, querystring },
        summary: 'End a key',
        description:
          'From the next request on; its open event streams and downloads end within seconds. Revoking twice is fine.',
        params: schemas.keyId,
        response: { 200: schemas.key, ...failures('NOT_FOUND') },
      },
    },
    async (request) => {
      const { id } = request.params;
      return await access.revokeKey(id, principalOf(request).projectId);
    },
  );

  app.get(
    '/audit',
    {
      config: anyAdmin,
      schema: {
        ...{ operationId: 'listAudit', tags },
        summary: 'Who changed what, and who was refused',
        querystring: z.strictObject(pageQuery),
        response: { 200: schemas.auditList, ...failures('CURSOR_INVALID') },
      },
    },
    async (request) => {
      const project = principalOf(request).projectId;
      return await access.listAudit({ ...pageOf(request.query), project });
    },
  );

  app.get(
    '/audit/refusals',
    {
      config: installationAdmin,
      schema: {
        ...{ operationId: 'listRefusals', tags },
        summary: 'How many requests without a valid key were refused, by minute and address',
        description: 'Of the last week, newest first.',
        querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
        response: { 200: schemas.refusalList, ...failures() },
      },
    },
    async (request) => {
      await app.refusals.flush();
      return { items: await access.listRefusals(request.query) };
    },
  );
};

function principalOf({ principal }: FastifyRequest): Principal {
  if (principal) return principal;
  throw new ToogitError('UNAUTHENTICATED', 'The request carries no API key.');
}

/** Keys that are there with nothing in them are not there. */
function given(limits: { [Name in keyof ProjectLimits]?: ProjectLimits[Name] | undefined }) {
  return Object.fromEntries(
    Object.entries(limits).filter(([, limit]) => limit !== undefined),
  ) as Partial<ProjectLimits>;
}
