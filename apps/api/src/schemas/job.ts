import { attemptOutcomes, jobKindNames, jobStates } from '@toogit/catalogue';
import { z } from 'zod';
import { storedError } from './error.js';
import { digest, nextCursor, time } from './values.js';
import { warning, warningsNote } from './warning.js';

export const progress = z
  .object({
    done: z.number(),
    total: z.number(),
    unit: z.string().describe('What is counted: `images`, `epochs`, `bytes`, …'),
    rate: z.number().nullable().describe('Units a second over the last moments.'),
    etaSeconds: z.number().nullable(),
    message: z.string().nullable(),
  })
  .meta({
    id: 'Progress',
    examples: [
      { done: 2, total: 6, unit: 'epochs', rate: 0.1, etaSeconds: 40, message: 'epoch 3/6, loss 0.81' },
    ],
  });

export const attempt = z
  .object({
    number: z.int(),
    workerId: z.string(),
    outcome: z.enum(attemptOutcomes).nullable().describe('null while it runs.'),
    error: storedError.nullable(),
    startedAt: time,
    endedAt: time.nullable(),
    peakRssBytes: z.number().nullable().describe('Peak memory of the compute process.'),
    provenance: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('Backend, device, library versions: whatever is outside the key.'),
    logTail: z.string().nullable().describe('The last lines that its process wrote, where it failed.'),
  })
  .meta({ id: 'Attempt' });

export const job = z
  .object({
    key: digest.describe('sha256 over kind, version, parameters, seed and input keys.'),
    kind: z.enum(jobKindNames),
    step: z.string().nullable().describe('Step of the experiment it belongs to; null outside one.'),
    state: z.enum(jobStates),
    params: z.unknown(),
    seed: z.int(),
    inputs: z.record(z.string(), z.array(z.string())).describe('Keys of the input jobs by role, in order.'),
    attempt: z.int().describe('Number of the newest attempt, 0 before the first.'),
    progress: progress.nullable(),
    artifactDigest: digest.nullable(),
    result: z.unknown(),
    warnings: z
      .array(warning)
      .describe(`${warningsNote} Of a job that has succeeded also what its result shows.`),
    error: storedError.nullable(),
    waitingFor: z
      .enum(['capacity', 'worker', 'storage', 'backoff', 'resume'])
      .nullable()
      .describe(
        'What a ready job waits for: `capacity`, since workers that can run it are busy or a limit is reached; a `worker` that can run it at all (memory, resource class, version); the `storage`, which is full or away for every such worker; the end of a `backoff`; the `resume` of a paused experiment.',
      ),
    estimate: z.object({ flops: z.number(), bytes: z.number() }),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    attempts: z.array(attempt),
  })
  .meta({ id: 'Job', description: 'One computation, shared by every experiment that needs it.' });

export const jobStatus = job
  .pick({
    ...{ key: true, kind: true, step: true, state: true, attempt: true, progress: true },
    ...{ artifactDigest: true, error: true, waitingFor: true, startedAt: true, finishedAt: true },
  })
  .meta({ id: 'JobStatus', description: 'What changes of a job while it is computed.' });

export const jobList = z
  .object({ items: z.array(job), nextCursor })
  .meta({ id: 'JobList', description: 'In the order of the plan: inputs before what needs them.' });
export const failedJobList = z
  .object({ items: z.array(job), nextCursor })
  .meta({ id: 'FailedJobList', description: 'Newest failure first.' });
