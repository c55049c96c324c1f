import { ToogitError } from '@toogit/errors';
import { collectGarbage, type GarbageReport } from './collect-garbage.js';
import { type ReconcileReport, reconcile } from './reconcile.js';
import type { Stores } from './stores.js';

export interface UpkeepOptions {
  intervalMs: number;
  graceMs: number;
  onReport(report: { reconcile: ReconcileReport; garbage: GarbageReport }): void;
  onError(error: unknown): void;
}

/**
 * Reconciles and collects garbage from time to time, the first time after one interval; of several processes that do, one
 * at a time. The returned function ends it, waiting for a run under way.
 */
export function startUpkeep(stores: Stores, options: UpkeepOptions): () => Promise<void> {
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
  const timer = setInterval(() => {
    current = current.then(run);
  }, options.intervalMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await current;
  };
}
