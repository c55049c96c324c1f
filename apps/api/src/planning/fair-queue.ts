import { ToogitError } from '@toogit/core';

export interface QueueLimits {
  /** Calls under way, of different projects. */
  running: number;
  /** Calls that wait, of one project and of all together. */
  waitingOfProject: number;
  waiting: number;
}

/** One call of a project at a time; the projects with waiting calls are served round robin. */
export class FairQueue {
  readonly #limits: QueueLimits;
  readonly #running = new Set<string>();
  /** In the order in which projects are served next. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** @throws RATE_LIMITED where too many wait already */
  async run<T>(project: string, call: () => Promise<T>): Promise<T> {
    await this.#start(project);
    try {
      return await call();
    } finally {
      this.#running.delete(project);
      this.#startNext();
    }
  }

  #start(project: string): Promise<void> {
    const calls = this.#waiting.get(project) ?? [];
    const waiting = [...this.#waiting.values()].reduce((sum, { length }) => sum + length, 0);
    if (calls.length >= this.#limits.waitingOfProject) {
      throw new ToogitError(
        'RATE_LIMITED',
        `${calls.length} specs of this project are waiting to be planned.`,
      );
    }
    if (waiting >= this.#limits.waiting) {
      throw new ToogitError('RATE_LIMITED', `${waiting} specs are waiting to be planned.`);
    }
    return new Promise((resolve) => {
      calls.push(resolve);
      this.#waiting.set(project, calls);
      this.#startNext();
    });
  }

  #startNext(): void {
    for (const [project, calls] of this.#waiting) {
      if (this.#running.size >= this.#limits.running) return;
      if (this.#running.has(project)) continue;
      const start = calls.shift();
      // To the end of the order.
      this.#waiting.delete(project);
      if (calls.length > 0) this.#waiting.set(project, calls);
      this.#running.add(project);
      start?.();
    }
  }
}
