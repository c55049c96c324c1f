import { type JobState, jobStates } from '@toogit/catalogue';
import type { JobStatus } from '@toogit/runs';

interface Sent {
  state: JobState;
  /** What else changes of a job, as text. */
  rest: string;
}

/** What a reader has been sent of an experiment's jobs: some hundred bytes a job. */
export class SentJobs {
  readonly #sent = new Map<string, Sent>();
  readonly #counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;

  /** Whether it differs from what was sent last. */
  isNews({ key, state, attempt, waitingFor, progress, startedAt, finishedAt }: JobStatus): boolean {
    const rest = JSON.stringify([attempt, waitingFor, progress, startedAt, finishedAt]);
    const before = this.#sent.get(key);
    if (before?.state === state && before.rest === rest) return false;
    if (before) this.#counts[before.state] -= 1;
    this.#counts[state] += 1;
    this.#sent.set(key, { state, rest });
    return true;
  }

  has(key: string): boolean {
    return this.#sent.has(key);
  }

  get counts(): Record<JobState, number> {
    return { ...this.#counts };
  }
}
