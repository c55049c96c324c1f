import type { BlobStore } from '@toogit/artifacts';
import type { Dispatcher } from '@toogit/dispatch';
import type { ProjectRuns, ReadyJob, Runs } from '@toogit/runs';
import { inSpan } from '@toogit/telemetry';
import type { FastifyBaseLogger } from 'fastify';

/** What the API stands on. */
export interface Services {
  /** Without its experiments: routes reach those only as the caller's project sees them, by `request.runs`. */
  runs: Omit<Runs, keyof ProjectRuns>;
  dispatcher: Dispatcher;
  blobs: BlobStore;
  /** Receivers of webhooks that may be reached over http and at private addresses. */
  webhookTrustedHosts?: readonly string[];
}

/**
 * Pushes jobs that a committed change made ready. They are in the database already, so when the queue does not answer
 * the request has succeeded all the same, and the sweep pushes them later.
 */
export async function pushReady(
  { dispatcher }: Services,
  ready: ReadyJob[],
  log: FastifyBaseLogger,
): Promise<void> {
  if (ready.length === 0) return;
  try {
    await inSpan('push', () => dispatcher.push(ready), { jobs: ready.length });
  } catch (error) {
    log.warn({ err: error, jobs: ready.length }, 'queue unavailable; the sweep will push these jobs');
  }
}
