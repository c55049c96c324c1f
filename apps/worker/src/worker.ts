import type { ServiceConfig } from '@toogit/config';
import { type Dispatcher, type QueueConnection, startConsumer } from '@toogit/dispatch';
import type { ResourceClass } from '@toogit/jobs';
import type { ReadyJob, Runs } from '@toogit/runs';
import type { Logger } from 'pino';
import { ComputeProcess } from './compute-process.js';
import { runAttempt } from './job-attempt.js';

export interface WorkerOptions {
  runs: Runs;
  dispatchConnection: QueueConnection;
  /** Where newly ready jobs are pushed. */
  dispatcher: Dispatcher;
  artifactsConfig: ServiceConfig['artifacts'];
  device: ServiceConfig['worker']['device'];
  /** Threads TensorFlow may use; null is one a core. */
  threads: number | null;
  /** Who claims the jobs; seen in attempts. */
  name: string;
  cacheDir: string;
  restrictedImagenetDir: string | null;
  log: Logger;
  heartbeatMs?: number;
  /** How long a cancelled computation may take to stop before it is killed. */
  graceMs?: number;
  /** A compute process that says nothing for so long is killed. */
  unresponsiveMs?: number;
}

export interface Worker {
  /** Takes no more jobs, gives the running ones back, ends all processes. */
  close(): Promise<void>;
}

const resources: ResourceClass[] = ['gpu', 'cpu'];

/**
 * Takes jobs from the queue and runs them in child processes: one at a time of those that compute with tensors, and
 * beside it one at a time of those that don't. The engine is started before the first job is taken.
 * @throws ENGINE_MISSING and whatever else hinders the engine, QUEUE_UNAVAILABLE
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const stopping = new AbortController();
  const starts = await Promise.allSettled(
    resources.map((resource) => startSlot(resource, options, stopping.signal)),
  );
  const slots = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const close = async () => {
    stopping.abort();
    await Promise.all(slots.map((slot) => slot.close()));
    options.log.info({ worker: options.name }, 'worker stopped');
  };
  const failure = starts.find((start) => start.status === 'rejected');
  if (failure !== undefined) {
    await close();
    throw failure.reason;
  }
  options.log.info({ worker: options.name }, 'worker started');
  return { close };
}

async function startSlot(resource: ResourceClass, options: WorkerOptions, stopping: AbortSignal) {
  const { artifactsConfig: artifacts, device, threads, cacheDir, restrictedImagenetDir, log } = options;
  const { graceMs = 5_000, unresponsiveMs = 300_000 } = options;
  const compute = new ComputeProcess({
    settings: { artifacts, device, threads, cacheDir, restrictedImagenetDir },
    log,
    graceMs,
    unresponsiveMs,
  });
  if (resource === 'gpu') log.info(await compute.prepare(), 'engine started');
  const consumer = await startConsumer({
    connection: options.dispatchConnection,
    resources: [resource],
    concurrency: 1,
    process: ({ jobKey }) => takeJob(jobKey, compute, options, stopping),
    onError: (error) => log.warn({ err: error }, 'queue consumer'),
  });
  return {
    close: async () => {
      await consumer.close();
      await compute.close();
    },
  };
}

async function takeJob(
  jobKey: string,
  compute: ComputeProcess,
  { runs, name, dispatcher, heartbeatMs = 1_000, log }: WorkerOptions,
  stopping: AbortSignal,
): Promise<void> {
  if (stopping.aborted) return;
  const claim = await runs.claim(jobKey, name);
  if (claim === null) return;
  const { attempt, kind, experimentIds } = claim;
  const jobLog = log.child({ jobKey, attempt, kind, experimentIds });
  const push = async (ready: ReadyJob[]) => {
    if (ready.length === 0) return;
    await dispatcher.push(ready).catch((error) => jobLog.warn({ err: error }, 'push left to the sweep'));
  };
  await runAttempt(claim, { runs, compute, push, heartbeatMs, stopping, log: jobLog });
}
