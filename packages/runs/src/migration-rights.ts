import { ToogitError } from '@toogit/core';
import pg from 'pg';

/** @throws DATABASE_MIGRATION where this user lacks the right, which somebody who migrates has */
export function mayNot(what: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof pg.DatabaseError && error.code === '42501')) throw error;
    const message = `${what}, and the user of DATABASE_URL may not apply it: ${error.message}`;
    throw new ToogitError('DATABASE_MIGRATION', message, { cause: error });
  };
}
