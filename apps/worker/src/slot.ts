import type { ResourceClass } from '@toogit/catalogue';
import type { Claim, Runs, WorkerIdentity } from '@toogit/runs';
import type { Logger } from 'pino';

export interface SlotOptions {
  runs: Runs;
  worker: WorkerIdentity;
  resource: ResourceClass;
  work(claim: Claim): Promise<void>;
  /** Aborted when no more jobs are to be taken. */
  draining: AbortSignal;
  /** While false no job is claimed; a slot that looks by itself finds out when that is over. */
  mayClaim?: () => boolean;
  log: Logger;
  /** An idle slot looks by itself after so long, then less often. */
  idleMs?: number;
}

const longestIdleMs = 5_000;
/** After a job: so long the next notification has, which mostly is on its way, before the slot looks by itself. */
const afterJobMs = 25;

export interface Slot {
  /** Takes and runs the job that is next, if there is one for this worker. Looks that come meanwhile follow. */
  look(): Promise<void>;
  readonly busy: boolean;
  close(): Promise<void>;
}

/**
 * Runs one job at a time: whichever is next whenever it is free. A notification makes it look at once. Without one it looks
 * now and then, so a job never depends on which worker its notification happened to reach: one that could not take it (its
 * version, its memory, another's locality) or that died with it in hand costs the others a moment.
 */
export function openSlot(options: SlotOptions): Slot {
  const { runs, worker, resource, work, draining, mayClaim = () => true, log, idleMs = 1_000 } = options;
  let current = Promise.resolve();
  let waiting = 0;
  let pauseMs = idleMs;
  let timer: NodeJS.Timeout | undefined;

  const take = async (): Promise<boolean> => {
    if (draining.aborted || !mayClaim()) return false;
    const [claim] = await runs.claimNext(worker, { resource, limit: 1 });
    if (claim === undefined) return false;
    pauseMs = idleMs;
    await work(claim).finally(() => schedule(afterJobMs));
    return true;
  };
  const takeAll = async () => {
    while (await take());
  };
  /** Looks follow each other. */
  const queue = async (what: () => Promise<unknown>) => {
    const turn = current.then(what);
    waiting++;
    current = turn.then(
      () => void waiting--,
      () => void waiting--,
    );
    await turn;
  };
  const schedule = (afterMs: number) => {
    clearTimeout(timer);
    if (draining.aborted) return;
    timer = setTimeout(
      async () => {
        if (waiting === 0) {
          pauseMs = Math.min(longestIdleMs, pauseMs * 1.5);
          await queue(takeAll).catch((error: unknown) =>
            log.warn({ err: error }, 'no answer to what is next'),
          );
        }
        schedule(pauseMs);
      },
      afterMs * (0.75 + Math.random() / 2),
    );
  };
  schedule(idleMs);

  return {
    look: () => queue(take),
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
