import { randomUUID } from 'node:crypto';
import { jobKinds, type ResourceClass } from '@toogit/catalogue';
import type { Claim, Runs } from '@toogit/runs';
import { createWorkerMetrics } from '@toogit/telemetry';
import { announce, observed, startSlots } from '@toogit/worker';
import { pino } from 'pino';
import { noOpCompute } from './no-op.js';
import type { QueueServices } from './services.js';

export interface NoOpWorker {
  /** Resolves when so many more jobs have succeeded. */
  succeeded(jobs: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * The worker's own loop in this process, from the queue's consumer to the recorded result, with its metrics and heartbeats; only the compute process is missing, and its log holds warnings only.
 */
export async function startNoOpWorker(
  services: QueueServices,
  slots: number,
  resource: ResourceClass = 'tensor',
  onStart?: (claim: Claim) => void,
): Promise<NoOpWorker> {
  let done = 0;
  let wanted = { jobs: 0, resolve: () => {} };
  const counted: Runs = {
    ...services.runs,
    succeed: async (fence, success) => {
      const ready = await services.runs.succeed(fence, success);
      if (++done === wanted.jobs) wanted.resolve();
      return ready;
    },
  };
  const log = pino({ level: 'warn' });
  const worker = {
    ...{ name: 'bench', instance: randomUUID(), release: '0', device: 'none' },
    resources: [resource],
    memoryBytes: 2 ** 30,
    kinds: Object.fromEntries(Object.entries(jobKinds).map(([kind, { version }]) => [kind, version])),
  };
  const runs = observed(counted, createWorkerMetrics({ worker: worker.name, release: worker.release }));
  const presence = await announce(runs, worker, () => ({ holds: [] }), log);
  const draining = new AbortController();
  const running = await startSlots(
    resource,
    Array.from({ length: slots }, () => noOpCompute(onStart)),
    worker,
    { runs, dispatcher: services.dispatcher, dispatchConnection: services.connection, log },
    { draining: draining.signal, stopping: new AbortController().signal },
  );
  return {
    succeeded: (jobs) =>
      new Promise((resolve) => {
        wanted = { jobs: done + jobs, resolve };
      }),
    close: async () => {
      draining.abort();
      await running.close();
      await presence.close();
    },
  };
}
