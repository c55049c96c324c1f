import { FairQueue } from './fair-queue.js';
import type { PlannedSpec, PlanningResult, PlanningTask, StoredExperiment } from './messages.js';
import { PlanningThread, type ThreadLimits } from './thread.js';

export interface PlanningLimits extends ThreadLimits {
  /** Specs planned at once, of different projects, each in a thread. */
  threads: number;
  waitingOfProject: number;
  waiting: number;
}

export const usualLimits: PlanningLimits = {
  ...{ threads: 2, memoryMegabytes: 320, planMs: 60_000, storeMs: 180_000 },
  ...{ waitingOfProject: 64, waiting: 256 },
};

export interface Submission {
  /** How many jobs the plan has. */
  planned: Promise<number>;
  stored: Promise<StoredExperiment>;
}

/** Plans and stores specs in worker threads, which are started when they are needed. */
export class Planning {
  readonly #databaseUrl: string;
  readonly #limits: PlanningLimits;
  readonly #queue: FairQueue;
  readonly #threads = new Set<PlanningThread>();

  constructor(databaseUrl: string, limits: PlanningLimits) {
    this.#databaseUrl = databaseUrl;
    this.#limits = limits;
    this.#queue = new FairQueue({ ...limits, running: limits.threads });
  }

  /** @throws SPEC_SYNTAX, SPEC_INVALID, SPEC_TOO_LARGE, PLAN_TOO_COSTLY, RATE_LIMITED */
  async plan(project: string, text: string): Promise<PlannedSpec> {
    return (await this.#run({ project, text, submission: null }, () => {})) as PlannedSpec;
  }

  /** Both promises reject as `plan` does, and as `createExperiment`. */
  submit(project: string, text: string, submission: NonNullable<PlanningTask['submission']>): Submission {
    let onPlanned: (jobs: number) => void = () => {};
    const planned = new Promise<number>((resolve) => {
      onPlanned = resolve;
    });
    const stored = this.#run({ project, text, submission }, onPlanned) as Promise<StoredExperiment>;
    stored.catch(() => {});
    return { planned: Promise.race([planned, stored.then(() => 0)]), stored };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #run(task: PlanningTask, onPlanned: (jobs: number) => void): Promise<PlanningResult> {
    return this.#queue.run(task.project, () => this.#idleThread().run(task, onPlanned));
  }

  /** There are as many threads as the queue runs calls. */
  #idleThread(): PlanningThread {
    for (const thread of this.#threads) {
      if (thread.hasEnded) this.#threads.delete(thread);
      else if (!thread.isBusy) return thread;
    }
    const thread = new PlanningThread(this.#databaseUrl, this.#limits);
    this.#threads.add(thread);
    return thread;
  }
}
