import { ToogitError } from '@toogit/core';

/** Codes of Prisma, of Postgres (classes 08, 57P and 53, and what has taken too long: 57014, 25P03, 25P04) and of sockets that mean: not reachable now. */
const unreachable =
  /^(P1001|P1002|P1008|P1017|P2024|P2028|08...|57P0.|57014|25P0[34]|53300|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|EAI_AGAIN)$/;
const unreachableKinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
const unreachableText =
  /Connection terminated|is not queryable|Can't reach database server|timeout exceeded when trying to connect|timeout expired/;

/** No such user or database, a wrong password, no right to a table: somebody will mend it, and meanwhile nothing is lost. */
const refused = /^(P1000|P1003|P1010|28...|3D000|42501)$/;
const refusedKinds = new Set(['AuthenticationFailed', 'DatabaseAccessDenied', 'DatabaseDoesNotExist']);

/** No such table, column or function: the schema is not this release's. */
const foreignSchema = /^(P2021|P2022|42P01|42703|42883)$/;
const foreignSchemaKinds = new Set(['TableDoesNotExist', 'ColumnNotFound']);

/** The message of the trigger `jobs_refuse_condemned`. */
const garbage = /blob ([0-9a-f]{64}) was collected as garbage/;

interface ErrorLike {
  code?: unknown;
  originalCode?: unknown;
  kind?: unknown;
  message?: unknown;
  cause?: unknown;
  meta?: { driverAdapterError?: unknown };
  errors?: unknown[];
}

/** A coded error for whatever Prisma or pg threw. */
export function databaseError(error: unknown): ToogitError {
  if (error instanceof ToogitError) return error;
  const causes = chain(error);
  const message = (error instanceof Error ? error.message : String(error)).trim();
  if (causes.some((one) => is(one, unreachable, unreachableKinds) || hasText(one, unreachableText))) {
    return new ToogitError('DATABASE_UNAVAILABLE', `The database does not answer: ${message}`, {
      cause: error,
    });
  }
  if (causes.some((one) => is(one, refused, refusedKinds))) {
    return new ToogitError('DATABASE_UNAVAILABLE', `The database refuses us: ${message}`, { cause: error });
  }
  if (causes.some((one) => is(one, foreignSchema, foreignSchemaKinds))) {
    return new ToogitError('DATABASE_MIGRATION', `The schema is not that of this release: ${message}`, {
      cause: error,
    });
  }
  const collected = causes.find((one) => hasText(one, garbage));
  if (collected) {
    const digest = garbage.exec(String(collected.message))?.[1] ?? '';
    return new ToogitError('ARTIFACT_MISSING', `Blob ${digest} was collected as garbage while the job ran.`, {
      digest,
      cause: error,
    });
  }
  return ToogitError.from(error);
}

/** The messages of `succeed_jobs`. */
export function isAttemptOver(error: unknown): boolean {
  return chain(error).some(({ code, originalCode }) => code === 'TG002' || originalCode === 'TG002');
}

export function isDeadlock(error: unknown): boolean {
  return chain(error).some(
    ({ code, originalCode, kind }) =>
      [code, originalCode].some((value) => value === '40P01' || value === '40001' || value === 'P2034') ||
      kind === 'TransactionWriteConflict',
  );
}

function is({ code, originalCode, kind }: ErrorLike, codes: RegExp, kinds: ReadonlySet<string>): boolean {
  return (
    [code, originalCode].some((value) => typeof value === 'string' && codes.test(value)) ||
    (typeof kind === 'string' && kinds.has(kind))
  );
}

const hasText = ({ message }: ErrorLike, text: RegExp) => typeof message === 'string' && text.test(message);

/** The error, its causes, and what Prisma hides in `meta`. */
function chain(error: unknown): ErrorLike[] {
  if (typeof error !== 'object' || error === null) return [];
  const { cause, meta, errors = [] } = error as ErrorLike;
  return [error, ...[cause, meta?.driverAdapterError, ...errors].flatMap(chain)];
}
