import type { ErrorCode, ToogitError } from '@toogit/core';

/** What scripts can rely on (docs/cli.md). */
export const exitCodes = {
  ok: 0,
  /** The experiment failed or was cancelled. */
  experimentFailed: 1,
  /** Wrong arguments, a spec that isn't valid, an id that doesn't exist. */
  usage: 2,
  /** The service, or something it needs, can't be reached. */
  unreachable: 3,
  /** Anything else went wrong. */
  internal: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byCode: Partial<Record<ErrorCode, ExitCode>> = {
  STATE_DIR_IN_USE: exitCodes.usage,
  CONFIG_INVALID: exitCodes.usage,
  API_UNREACHABLE: exitCodes.unreachable,
  DATABASE_UNAVAILABLE: exitCodes.unreachable,
  QUEUE_UNAVAILABLE: exitCodes.unreachable,
  STORAGE_UNAVAILABLE: exitCodes.unreachable,
  STORAGE_FULL: exitCodes.unreachable,
};

/** The exit code for an error: what the registry calls the sender's mistake (4xx) is a usage error. */
export function exitCodeFor(error: ToogitError): ExitCode {
  return byCode[error.code] ?? (error.status < 500 ? exitCodes.usage : exitCodes.internal);
}
