import { setMaxListeners } from 'node:events';
import type { ResourceClass } from '@toogit/catalogue';
import { type Dispatcher, type QueueConnection, startConsumer } from '@toogit/dispatch';
import type { Claim, ReadyJob, Runs, WorkerIdentity } from '@toogit/runs';
import type { Logger } from 'pino';
import { type Compute, runAttempt } from './job-attempt.js';
import { openSlot, type Slot } from './slot.js';

export interface SlotsOptions {
  runs: Runs;
  dispatchConnection: QueueConnection;
  /** Where newly ready jobs are pushed. */
  dispatcher: Dispatcher;
  log: Logger;
  heartbeatMs?: number;
  /** A delivery goes to another worker when this one was silent for so long; 30 s unless given. */
  lockMs?: number;
  /** While false no job is claimed; always true unless given. */
  mayClaim?: () => boolean;
  /** An idle slot looks for jobs by itself after so long; 1 s unless given. */
  idleMs?: number;
}

export interface Signals {
  /** Aborted when no more jobs are to be taken. */
  draining: AbortSignal;
  /** Aborted when running jobs have to stop. */
  stopping: AbortSignal;
}

/**
 * Slots of one resource class, as many as there are computes, on one consumer: each notification makes a free slot look. A
 * delivery is in hand as long as its slot is at work, so that the queue gives no more notifications than there are free slots.
 */
export async function startSlots(
  resource: ResourceClass,
  computes: Compute[],
  worker: WorkerIdentity,
  options: SlotsOptions,
  signals: Signals,
): Promise<{
  /** Resolves when no job is at work any more: to be called once draining. */
  idle(): Promise<void>;
  close(): Promise<void>;
}> {
  const { runs, log, mayClaim = () => true, idleMs = 1_000, lockMs } = options;
  // Every running attempt has listeners on both: more than ten are no leak.
  setMaxListeners(0, signals.draining, signals.stopping);
  const slots = computes.map((compute) => {
    const work = (claim: Claim) => carryThrough(claim, compute, options, signals);
    return openSlot({ runs, worker, resource, work, draining: signals.draining, mayClaim, log, idleMs });
  });
  const consumer = await startConsumer({
    connection: options.dispatchConnection,
    resources: [resource],
    concurrency: slots.length,
    ...(lockMs === undefined ? {} : { lockMs }),
    // Whichever job it was notified of: the database decides which one is next.
    process: () => (slots.find((slot) => !slot.busy) ?? (slots[0] as Slot)).look(),
    onError: (error) => log.warn({ err: error }, 'queue consumer'),
  });
  return {
    idle: async () => void (await Promise.all(slots.map((slot) => slot.close()))),
    close: () => consumer.close(),
  };
}

async function carryThrough(
  claim: Claim,
  compute: Compute,
  { runs, dispatcher, heartbeatMs = 1_000, log }: SlotsOptions,
  signals: Signals,
): Promise<void> {
  const { jobKey, attempt, kind, experimentIds } = claim;
  const jobLog = log.child({ jobKey, attempt, kind, experimentIds });
  const push = async (ready: ReadyJob[]) => {
    if (ready.length === 0) return;
    await dispatcher.push(ready).catch((error) => jobLog.warn({ err: error }, 'push left to the sweep'));
  };
  await runAttempt(claim, { runs, compute, push, heartbeatMs, ...signals, log: jobLog });
}
