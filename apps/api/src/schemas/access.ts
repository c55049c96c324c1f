import { label } from '@toogit/core';
import { keyScopes } from '@toogit/runs';
import { z } from 'zod';
import { nextCursor, time } from './values.js';

export const projectId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be up to 63 lower-case letters, digits or -');

const limit = z.int().min(0).max(2_000_000_000).nullable();
export const limits = z
  .strictObject({
    maxRunningExperiments: limit.describe('Experiments at work at once.'),
    maxOpenJobs: limit.describe('Jobs not yet done that its experiments need.'),
    maxStoredBytes: z
      .int()
      .min(0)
      .nullable()
      .describe('Of artifacts that its experiments hold; beyond it nothing new is begun.'),
    maxRunningJobs: limit.describe('Jobs that run at once; the others wait.'),
    maxStartsPerMinute: limit.describe('Jobs begun in a minute; the others wait.'),
    maxJobDurationMs: z.int().min(1_000).nullable().describe('Of one attempt; beyond it the job fails.'),
    share: z.number().min(0.001).max(1_000).describe('Twice the share, twice the workers when scarce.'),
  })
  .meta({ id: 'ProjectLimits', description: 'null is no limit.' });

export const project = z
  .object({ id: projectId, limits: z.object(limits.shape), createdAt: time })
  .meta({ id: 'Project' });
export const projectList = z.object({ items: z.array(project) }).meta({ id: 'ProjectList' });

export const newProject = z.strictObject({
  id: projectId,
  limits: z.strictObject(limits.partial().shape).default({}),
});
export const newLimits = z.strictObject(limits.partial().shape);

const keyFacts = {
  name: label(),
  scope: z.enum(keyScopes).describe('Each includes those before it.'),
  projectId: projectId.nullable().describe('null: an administrator of all projects.'),
  requestsPerMinute: z.int().min(1).max(1_000_000).nullable().describe('null: as every key.'),
  expiresAt: time.nullable(),
};

export const key = z
  .object({
    id: z.string().describe('The part of the key that is no secret.'),
    ...keyFacts,
    name: z.string(),
    createdAt: time,
    revokedAt: time.nullable(),
    lastUsedAt: time.nullable().describe('To the minute or so.'),
    oldSecretValidUntil: time.nullable().describe('After a rotation: the end of the secret before.'),
  })
  .meta({ id: 'Key' });
export const keyList = z.object({ items: z.array(key) }).meta({ id: 'KeyList' });
export const keyWithSecret = z
  .object({
    key,
    apiKey: z.string().describe('`tgt_<id>_<secret>`: shown this once, stored only as a hash.'),
  })
  .meta({ id: 'KeyWithSecret' });

export const newKey = z.strictObject({
  name: keyFacts.name,
  scope: keyFacts.scope,
  projectId: projectId.nullable().optional().describe("The caller's own project unless given."),
  requestsPerMinute: keyFacts.requestsPerMinute.default(null),
  expiresAt: z.iso
    .datetime()
    .refine((instant) => Date.parse(instant) < Date.UTC(10_000, 0), 'must be before the year 10000')
    .nullable()
    .default(null),
});
export const rotation = z.strictObject({
  graceSeconds: z.int().min(0).max(31_536_000).default(86_400).describe('How long the old secret lives on.'),
});
export const keyId = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits') });

export const auditList = z
  .object({
    items: z.array(
      z
        .object({
          id: z.string(),
          at: time,
          keyId: z.string().nullable().describe('As presented, proven or not.'),
          projectId: z.string().nullable(),
          action: z.string().describe('operationId of the route.'),
          target: z.string().nullable(),
          status: z.int().describe('What was answered.'),
          requestId: z.string(),
          address: z.string(),
        })
        .meta({ id: 'AuditEntry' }),
    ),
    nextCursor,
  })
  .meta({ id: 'AuditList', description: 'Newest first.' });

export const refusalList = z
  .object({
    items: z.array(
      z
        .object({
          minute: time.describe('Its beginning.'),
          address: z.string().describe('`others` for those beyond the number that is counted apart.'),
          status: z.int().describe('What was answered.'),
          requests: z.int(),
          keyId: z.string().nullable().describe('One that was presented, unproven.'),
          action: z.string().describe('operationId of one of the routes.'),
        })
        .meta({ id: 'Refusals' }),
    ),
  })
  .meta({ id: 'RefusalList' });
