import type { RunsEvent } from '@toogit/runs';

export interface Changes {
  jobKeys: string[];
  /** No notification came in time: read everything, in case one was lost. */
  everything: boolean;
}

/** Notifications about one experiment, gathered while its reader is busy. */
export class PendingChanges {
  readonly #experimentId: string;
  readonly #jobKeys = new Set<string>();
  #ownJobs: { has(key: string): boolean } | null = null;
  #experimentChanged = false;
  #wake: () => void = () => {};

  constructor(experimentId: string) {
    this.#experimentId = experimentId;
  }

  /** From now on, other experiments' jobs are ignored. */
  only(ownJobs: { has(key: string): boolean }): void {
    this.#ownJobs = ownJobs;
    for (const key of this.#jobKeys) if (!ownJobs.has(key)) this.#jobKeys.delete(key);
  }

  add(event: RunsEvent): void {
    if (event.type === 'job' && this.#ownJobs?.has(event.jobKey) !== false) this.#jobKeys.add(event.jobKey);
    else if (event.type === 'experiment' && event.experimentId === this.#experimentId)
      this.#experimentChanged = true;
    else return;
    this.#wake();
  }

  /** Waits until there is something, or `timeoutMs` have gone, or `signal` is aborted. */
  async take(timeoutMs: number, signal: AbortSignal): Promise<Changes> {
    if (this.#isEmpty) await this.#next(timeoutMs, signal);
    const changes = { jobKeys: [...this.#jobKeys], everything: this.#isEmpty };
    this.#jobKeys.clear();
    this.#experimentChanged = false;
    return changes;
  }

  get #isEmpty(): boolean {
    return this.#jobKeys.size === 0 && !this.#experimentChanged;
  }

  async #next(timeoutMs: number, signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      this.#wake = resolve;
      timer = setTimeout(resolve, timeoutMs);
      signal.addEventListener('abort', this.#wake, { once: true });
    });
    clearTimeout(timer);
    signal.removeEventListener('abort', this.#wake);
    this.#wake = () => {};
  }
}
