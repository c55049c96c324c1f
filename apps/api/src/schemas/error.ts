import { type ErrorCode, errorCodes, errorRegistry } from '@toogit/core';
import { z } from 'zod';

export const errorDetail = z
  .object({
    path: z.string().describe('Dotted path of the offending key, empty for the whole.'),
    message: z.string(),
    suggestion: z.string().optional().describe('What was probably meant.'),
    line: z.int().optional().describe('Line of the spec that was sent, from 1.'),
  })
  .meta({ id: 'ErrorDetail' });

export const errorBody = z
  .object({
    error: z.object({
      code: z.enum(errorCodes).describe('Never changes its meaning.'),
      message: z.string().describe('What happened, in a sentence.'),
      next: z.string().describe('What to do about it.'),
      details: z.array(errorDetail),
      requestId: z.string().describe('Names this request in the log of the service.'),
    }),
  })
  .meta({
    id: 'ErrorBody',
    description: 'The body of every answer that is not a success.',
    examples: [
      {
        error: {
          code: 'SPEC_INVALID',
          message: 'The spec has 1 problem.',
          next: errorRegistry.SPEC_INVALID.next,
          details: [{ path: 'steps.attack.stepsize', message: 'unknown key', suggestion: 'stepSize' }],
          requestId: '3f0a6a0e-7f1d-4d8e-9d6f-1b8f9b0c2a11',
        },
      },
    ],
  });
export type ErrorBody = z.infer<typeof errorBody>;

/** An error kept with a job or an attempt. */
export const storedError = z
  .object({
    code: z.enum(errorCodes),
    message: z.string(),
    next: z.string(),
    retryable: z.boolean(),
    details: z.array(errorDetail).optional(),
  })
  .meta({ id: 'StoredError' });

/** Response schemas by status for the errors that a route can answer with, beside those that every route has. */
export function failures(...codes: ErrorCode[]): Record<number, z.ZodType<ErrorBody>> {
  const codesOf = new Map<number, Set<ErrorCode>>();
  for (const code of [...codes, ...everywhere]) {
    const { status } = errorRegistry[code];
    codesOf.set(status, (codesOf.get(status) ?? new Set()).add(code));
  }
  return Object.fromEntries(
    [...codesOf].map(([status, its]) => [status, errorBody.describe([...its].join(', '))]),
  );
}

const everywhere: ErrorCode[] = [
  'REQUEST_INVALID',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'MEDIA_TYPE_UNSUPPORTED',
  'RATE_LIMITED',
  'INTERNAL',
  'DATABASE_UNAVAILABLE',
];
