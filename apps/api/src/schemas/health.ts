import { errorCodes } from '@toogit/core';
import { z } from 'zod';

export const health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

const check = z.object({
  state: z.enum(['up', 'down']),
  code: z.enum(errorCodes).nullable(),
  message: z.string().nullable().describe('Why it is down.'),
  next: z.string().nullable().describe('What to do about it.'),
});

export const readiness = z
  .object({
    status: z.enum(['ready', 'unavailable']),
    checks: z.object({ database: check, queue: check, storage: check }),
  })
  .meta({ id: 'Readiness' });
