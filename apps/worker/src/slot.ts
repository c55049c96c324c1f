import type { ResourceClass } from '@toogit/jobs';
import type { Claim, Runs, WorkerIdentity } from '@toogit/runs';
import type { Logger } from 'pino';

export interface SlotOptions {
  runs: Runs;
  worker: WorkerIdentity;
  resource: ResourceClass;
  work(claim: Claim): Promise<void>;
  /** Aborted when no more jobs are to be taken. */
  draining: AbortSignal;
  log: Logger;
  /** An idle slot looks by itself after so long, then less often. */
  idleMs?: number;
}

const longestIdleMs = 5_000;

export interface Slot {
  /** Takes and runs jobs until there is none for this worker; resolves then. Looks that come meanwhile follow. */
  look(): Promise<void>;
  readonly busy: boolean;
  close(): Promise<void>;
}

/**
 * Runs one job at a time: whichever is next whenever it is free. A wake-up makes it look at once. Without one it looks
 * now and then, so a job never depends on which worker its wake-up happened to reach: one that could not take it (its
 * version, its memory, another's locality) or that died with it in hand costs the others a moment.
 */
export function openSlot(options: SlotOptions): Slot {
  const { runs, worker, resource, work, draining, log, idleMs = 1_000 } = options;
  let current = Promise.resolve();
  let waiting = 0;
  let pauseMs = idleMs;
  let timer: NodeJS.Timeout | undefined;

  const takeAll = async () => {
    while (!draining.aborted) {
      const [claim] = await runs.claimNext(worker, { resource, limit: 1 });
      if (claim === undefined) return;
      pauseMs = idleMs;
      await work(claim);
    }
  };
  const look = async () => {
    const turn = current.then(takeAll);
    waiting++;
    current = turn.catch(() => undefined).finally(() => waiting--);
    await turn;
  };
  const schedule = () => {
    if (draining.aborted) return;
    timer = setTimeout(
      async () => {
        if (waiting === 0) {
          pauseMs = Math.min(longestIdleMs, pauseMs * 1.5);
          await look().catch((error: unknown) => log.warn({ err: error }, 'no answer to what is next'));
        }
        schedule();
      },
      pauseMs * (0.75 + Math.random() / 2),
    );
  };
  schedule();

  return {
    look,
    get busy() {
      return waiting > 0;
    },
    close: async () => {
      clearTimeout(timer);
      await current;
      clearTimeout(timer);
    },
  };
}
