import type { Runs, WorkerAnnouncement, WorkerReport } from '@toogit/runs';
import type { Logger } from 'pino';
import { repeat } from './repeat.js';

/** A name is free again when its worker has been silent for so long. */
const leaseMs = 30_000;
const beatMs = 2_000;

/**
 * Announces the worker and renews its presence with a current report. One that was silent for too long may find
 * its name taken; it gets no job then, and requests the name again with every heartbeat.
 * @throws WORKER_NAME_TAKEN
 */
export async function announce(
  runs: Runs,
  worker: WorkerAnnouncement,
  report: () => WorkerReport,
  log: Logger,
): Promise<{ close(): Promise<void> }> {
  await runs.registerWorker(worker, leaseMs);
  const heartbeats = repeat(
    beatMs,
    async () => {
      if (!(await runs.workerHeartbeat(worker, report()))) await runs.registerWorker(worker, leaseMs);
    },
    (error) => log.error({ err: error, worker: worker.name }, 'worker not announced'),
  );
  return {
    close: async () => {
      await heartbeats.stop();
      await runs.forgetWorker(worker).catch((error) => log.warn({ err: error }, 'worker not signed off'));
    },
  };
}
