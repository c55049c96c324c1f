import { jobStates } from '@toogit/jobs';
import { z } from 'zod';

export const sha256 = /^[0-9a-f]{64}$/;

export const digest = z.string().regex(sha256, 'must be 64 hexadecimal digits');

/** An ISO 8601 instant in UTC. */
export const time = z.string().meta({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });

/** A study, a metric. */
export const name = z.string().regex(/^[\w.-]{1,200}$/, 'must be letters, digits, or . _ -');

export const experimentId = z.object({ id: z.string().min(1).max(64).describe('Id of an experiment.') });

type Counts = { [State in (typeof jobStates)[number]]: z.ZodInt };
const counts = Object.fromEntries(jobStates.map((state) => [state, z.int()])) as Counts;

/** How many jobs are in each state. */
export const jobCounts = z.object(counts).meta({ id: 'JobCounts' });
