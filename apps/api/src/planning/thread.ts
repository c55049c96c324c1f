import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ToogitError } from '@toogit/core';
import type { PlanningMessage, PlanningResult, PlanningTask } from './messages.js';

export interface ThreadLimits {
  /** Heap of the thread; the plan of 100,000 jobs takes some 150 MB. */
  memoryMegabytes: number;
  /** From the text to the plan, without a database. */
  planMs: number;
  /** From the plan to what is stored; longer than its transaction may last. */
  storeMs: number;
}

/** As built, also where the sources run: a thread loads plain JavaScript. */
const main = new URL('../../dist/planning/planning-thread.js', import.meta.url);
const closeWithinMs = 5_000;

/** A worker thread that does one task at a time. Beyond its limits it is ended, and its open transaction with it. */
export class PlanningThread {
  readonly #worker: Worker;
  readonly #limits: ThreadLimits;
  #hasEnded = false;
  #isBusy = false;

  constructor(databaseUrl: string, limits: ThreadLimits) {
    this.#limits = limits;
    this.#worker = new Worker(main, {
      workerData: { databaseUrl },
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMegabytes },
    });
    this.#worker.on('error', () => {});
    this.#worker.once('exit', () => {
      this.#hasEnded = true;
    });
    this.#worker.unref();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  run(task: PlanningTask, onPlanned: (jobs: number) => void): Promise<PlanningResult> {
    const { memoryMegabytes, planMs, storeMs } = this.#limits;
    const worker = this.#worker;
    this.#isBusy = true;
    return new Promise<PlanningResult>((resolve, reject) => {
      const endAfter = (ms: number, error: ToogitError) =>
        setTimeout(() => {
          finish(() => reject(error));
          this.#hasEnded = true;
          void worker.terminate();
        }, ms);
      let timer = endAfter(planMs, tooCostly(`takes more than ${planMs / 1000} s`));
      const onMessage = (message: PlanningMessage) => {
        if (message.type === 'planned') {
          onPlanned(message.jobs);
          clearTimeout(timer);
          timer = endAfter(storeMs, unanswered(storeMs));
        } else {
          finish(() => (message.type === 'done' ? resolve(message.result) : reject(errorOf(message))));
        }
      };
      const onError = (error: unknown) =>
        finish(() => {
          this.#hasEnded = true;
          const isFull = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
          reject(
            isFull ? tooCostly(`takes more than ${memoryMegabytes} MB of memory`) : ToogitError.from(error),
          );
        });
      const onExit = (code: number) => onError(new Error(`the planning thread ended with code ${code}`));
      const finish = (settle: () => void) => {
        this.#isBusy = false;
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        settle();
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(task);
    });
  }

  /** A task under way is ended: nothing of it is stored, unless its transaction is being committed. */
  async close(): Promise<void> {
    if (this.#hasEnded) return;
    const exit = once(this.#worker, 'exit');
    const timer = setTimeout(() => void this.#worker.terminate(), this.#isBusy ? 0 : closeWithinMs);
    this.#worker.postMessage('close');
    await exit;
    clearTimeout(timer);
  }
}

const tooCostly = (what: string) => new ToogitError('PLAN_TOO_COSTLY', `Planning this spec ${what}.`);

const unanswered = (ms: number) =>
  new ToogitError('DATABASE_UNAVAILABLE', `The database has not stored it within ${ms / 1000} s.`);

function errorOf({ error, stack }: PlanningMessage & { type: 'failed' }): ToogitError {
  const coded = ToogitError.fromJSON(error);
  coded.stack = stack;
  return coded;
}
