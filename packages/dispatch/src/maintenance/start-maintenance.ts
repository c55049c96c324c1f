import { ToogitError } from '@toogit/core';
import { collectGarbage, type GarbageReport } from './collect-garbage.js';
import { deleteReleased } from './delete-released.js';
import { type ReconcileReport, reconcile } from './reconcile.js';
import type { Stores } from './stores.js';

/** Checkpoints of a training are superseded several times a minute. */
const releaseMs = 10_000;

export interface MaintenanceOptions {
  intervalMs: number;
  graceMs: number;
  onReport(report: { reconcile: ReconcileReport; garbage: GarbageReport }): void;
  onError(error: unknown): void;
}

/**
 * Reconciles and collects garbage from time to time, the first time after one interval, and deletes superseded checkpoints
 * every few seconds; of several processes that do, one at a time. The returned function ends it, waiting for a run under
 * way.
 */
export function startMaintenance(stores: Stores, options: MaintenanceOptions): () => Promise<void> {
  let current = Promise.resolve();
  const run = async () => {
    try {
      const reconciled = await reconcile(stores, { dryRun: false, deep: false });
      const garbage = await collectGarbage(stores, { dryRun: false, graceMs: options.graceMs });
      options.onReport({ reconcile: reconciled, garbage });
    } catch (error) {
      options.onError(ToogitError.from(error));
    }
  };
  const release = async () => {
    await deleteReleased(stores).catch((error: unknown) => {
      // Whoever is at it leaves them to the next time.
      if (ToogitError.from(error).code !== 'CONFLICT') options.onError(ToogitError.from(error));
    });
  };
  const every = (ms: number, work: () => Promise<void>) =>
    setInterval(() => {
      current = current.then(work);
    }, ms).unref();
  const timers = [every(options.intervalMs, run), every(releaseMs, release)];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await current;
  };
}
