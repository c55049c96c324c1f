import { ToogitError } from '@toogit/errors';
import type { FastifyBaseLogger } from 'fastify';
import { pushReady, type Services } from './services.js';

/** Runs `read`; when it meets a missing or corrupt blob, the job that made it is made ready again, and the error thrown on. */
export async function reportingLoss<T>(
  services: Services,
  log: FastifyBaseLogger,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isLoss(error)) await pushReady(services, await services.runs.artifactLost(error.digest), log);
    throw error;
  }
}

function isLoss(error: unknown): error is ToogitError & { digest: string } {
  return (
    error instanceof ToogitError &&
    (error.code === 'ARTIFACT_MISSING' || error.code === 'ARTIFACT_CORRUPT') &&
    error.digest !== undefined
  );
}
