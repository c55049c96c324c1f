import { expect, it } from 'vitest';
import { databaseError } from './database-error.js';

it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'timeout expired'])(
  '%s: the database is away, which is no defect',
  (message) => {
    const error = new Error('Invalid `prisma.job.findMany()` invocation', { cause: new Error(message) });
    expect(databaseError(error)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', cause: error });
  },
);

it('what nobody has foreseen is a defect', () => {
  expect(databaseError(new Error('timeout'))).toMatchObject({ code: 'INTERNAL' });
});
