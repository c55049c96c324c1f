import { ToogitError } from '@toogit/core';
import type { FastifyBaseLogger } from 'fastify';
import { pushReady, type Services } from './services.js';

/** Runs `read`; when it meets a missing or corrupt blob, its loss is reported, and the error thrown on. */
export async function reportingLoss<T>(
  services: Services,
  log: FastifyBaseLogger,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    await reportLoss(services, log, error);
    throw error;
  }
}

/** If the error is that a blob is missing or corrupt, the jobs that made it, if wanted, are made ready again. */
export async function reportLoss(services: Services, log: FastifyBaseLogger, error: unknown): Promise<void> {
  if (!isLoss(error)) return;
  const ready = await services.runs.artifactLost(error.digest);
  log.warn({ digest: error.digest, code: error.code, ready: ready.length }, 'blob lost');
  await pushReady(services, ready, log);
}

function isLoss(error: unknown): error is ToogitError & { digest: string } {
  return (
    error instanceof ToogitError &&
    (error.code === 'ARTIFACT_MISSING' || error.code === 'ARTIFACT_CORRUPT') &&
    error.digest !== undefined
  );
}
