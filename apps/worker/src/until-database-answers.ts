import { setTimeout as delay } from 'node:timers/promises';
import { ToogitError } from '@toogit/core';
import type { Logger } from 'pino';

const firstDelayMs = 500;
const longestDelayMs = 10_000;

/** Tries again while the database is away: finished work waits for it. Gives up when the worker stops. */
export async function untilDatabaseAnswers<T>(
  action: () => Promise<T>,
  stopping: AbortSignal,
  log: Logger,
): Promise<T> {
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, longestDelayMs)) {
    try {
      return await action();
    } catch (error) {
      if (ToogitError.from(error).code !== 'DATABASE_UNAVAILABLE' || stopping.aborted) throw error;
      log.warn({ err: error, delayMs }, 'database is away: the outcome waits');
      await delay(delayMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}
