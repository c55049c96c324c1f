import type { BlobStore } from '@toogit/artifacts';
import { type ErrorCode, ToogitError } from '@toogit/core';
import type { Logger } from 'pino';
import type { Compute } from './job-attempt.js';

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * Closed from the moment a job fails for its storage (full, away, denied) until the storage can be written again: a
 * worker that claimed on would compute what it cannot store. It is checked with growing pauses. These begin anew only
 * with a result that was stored, so that a check that passes in vain costs one attempt a minute at most.
 */
export class StorageGate {
  #error: ErrorCode | null = null;
  #pauseMs = firstPauseMs;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly blobs: Pick<BlobStore, 'check'>,
    private readonly log: Logger,
  ) {}

  /** Why the gate is closed; null: it is open. */
  get error(): ErrorCode | null {
    return this.#error;
  }

  /** The same compute; how its jobs end opens and closes the gate. */
  watching(compute: Compute): Compute {
    return {
      run: async (...job) => {
        const outcome = await compute.run(...job);
        if (outcome.state === 'succeeded') this.#pauseMs = firstPauseMs;
        if (outcome.state === 'failed' && outcome.error.code.startsWith('STORAGE_'))
          this.#shut(outcome.error.code);
        return outcome;
      },
    };
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #shut(error: ErrorCode): void {
    if (this.#error === null) this.#checkLater();
    this.#error = error;
    this.log.warn({ code: error }, 'no job is claimed until the storage can be written');
  }

  #checkLater(): void {
    this.#timer = setTimeout(() => void this.#check(), this.#pauseMs * (0.75 + Math.random() / 2));
    this.#pauseMs = Math.min(2 * this.#pauseMs, longestPauseMs);
  }

  async #check(): Promise<void> {
    try {
      await this.blobs.check({ write: true });
      this.#error = null;
      this.log.info('the storage can be written again');
    } catch (error) {
      this.#error = ToogitError.from(error).code;
      this.#checkLater();
    }
  }
}
