import { jobStates } from '@toogit/catalogue';
import { z } from 'zod';

export const sha256 = /^[0-9a-f]{64}$/;

export const digest = z.string().regex(sha256, 'must be 64 hexadecimal digits');

/** An ISO 8601 instant in UTC. */
export const time = z.string().meta({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });

/** A study, a metric. */
export const name = z.string().regex(/^[\w.-]{1,200}$/, 'must be letters, digits, or . _ -');

/** Fewer than four characters are refused as ID_AMBIGUOUS, with its next step: the schema only documents the limit. */
export const shortId = z.string().min(1).max(64).meta({ minLength: 4 });

export const experimentId = z.object({
  id: shortId.describe('Id of an experiment, or the first four characters of it or more.'),
});

export const jobKey = z.object({
  key: z
    .string()
    .regex(/^[0-9a-f]{1,64}$/, 'must be hexadecimal digits')
    .meta({
      pattern: '^[0-9a-f]{4,64}$',
      description: 'Key of a job, or the first four digits of it or more.',
    }),
});

/** Of a list that goes on. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(200).optional().describe('`nextCursor` of the page before, as it was given.'),
};
export const nextCursor = z.string().nullable().describe('null: this is the last page.');

/** What a query has of it. */
export function pageOf({ limit, cursor }: { limit: number; cursor?: string | undefined }) {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}

type Counts = { [State in (typeof jobStates)[number]]: z.ZodInt };
const counts = Object.fromEntries(jobStates.map((state) => [state, z.int()])) as Counts;

/** How many jobs are in each state. */
export const jobCounts = z.object(counts).meta({ id: 'JobCounts' });
