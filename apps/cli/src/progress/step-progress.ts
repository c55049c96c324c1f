/** What a watcher needs of a job; the API's job view has all of it. */
export interface WatchedJob {
  key: string;
  state: string;
  progress: {
    done: number;
    total: number;
    unit: string;
    rate: number | null;
    etaSeconds: number | null;
    message: string | null;
  } | null;
  error: { code: string; message: string } | null;
  waitingFor: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface WatchedStep {
  name: string;
  kind: string;
  jobKeys: string[];
}

export type StepState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** How far a step is: its jobs counted, and the progress of those that run added up. */
export interface StepProgress {
  name: string;
  kind: string;
  state: StepState;
  jobsDone: number;
  jobsTotal: number;
  /** In [0, 1], running jobs counted by their own progress. */
  fraction: number;
  /** Of the running jobs; null when none has reported. */
  running: { done: number; total: number; unit: string; rate: number | null; message: string | null } | null;
  /** Seconds left for the step, null until known. */
  etaSeconds: number | null;
  error: { code: string; message: string } | null;
  /** Jobs that are ready and that no worker there is can run; 0 while others of the step run. */
  unmatched: number;
  /** Jobs that are ready and whose workers cannot store results; 0 while others of the step run. */
  unstorable: number;
}

/** One entry for each group of jobs: steps of several points of a matrix that are the same work are one. */
export function stepProgress(steps: readonly WatchedStep[], jobs: readonly WatchedJob[]): StepProgress[] {
  const byKey = new Map(jobs.map((job) => [job.key, job]));
  return withoutRepeats(steps).map((step) =>
    oneStep(
      step,
      step.jobKeys.flatMap((key) => byKey.get(key) ?? []),
    ),
  );
}

function withoutRepeats(steps: readonly WatchedStep[]): WatchedStep[] {
  const groups = new Map<string, WatchedStep[]>();
  for (const step of steps) {
    const same = step.jobKeys.join();
    groups.set(same, [...(groups.get(same) ?? []), step]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const name = others.length === 0 ? first.name : `${first.name} (and ${others.length} more)`;
    return [{ ...first, name }];
  });
}

function oneStep(step: WatchedStep, jobs: WatchedJob[]): StepProgress {
  const running = jobs.filter((job) => job.state === 'running');
  const done = jobs.filter((job) => job.state === 'succeeded').length;
  const inFlight = running.reduce((sum, job) => sum + jobFraction(job), 0);
  const total = step.jobKeys.length;
  return {
    name: step.name,
    kind: step.kind,
    state: stepState(jobs, total),
    jobsDone: done,
    jobsTotal: total,
    fraction: total === 0 ? 1 : (done + inFlight) / total,
    running: runningProgress(running),
    etaSeconds: stepEta(jobs, running, total - done),
    error: jobs.find((job) => job.error !== null && job.state === 'failed')?.error ?? null,
    unmatched: running.length > 0 ? 0 : waitingFor(jobs, 'worker'),
    unstorable: running.length > 0 ? 0 : waitingFor(jobs, 'storage'),
  };
}

const waitingFor = (jobs: WatchedJob[], what: string) =>
  jobs.filter((job) => job.state === 'ready' && job.waitingFor === what).length;

function jobFraction(job: WatchedJob): number {
  if (job.progress === null || job.progress.total <= 0) return 0;
  return Math.min(1, job.progress.done / job.progress.total);
}

function stepState(jobs: WatchedJob[], total: number): StepState {
  const count = (state: string) => jobs.filter((job) => job.state === state).length;
  if (count('failed') > 0) return 'failed';
  if (count('cancelled') > 0) return 'cancelled';
  if (count('succeeded') === total) return 'succeeded';
  return count('running') + count('succeeded') > 0 ? 'running' : 'waiting';
}

/** Units, rates and amounts add up over running jobs of one step: they are of one kind. */
function runningProgress(running: WatchedJob[]): StepProgress['running'] {
  const reports = running.flatMap((job) => job.progress ?? []);
  const [first] = reports;
  if (first === undefined) return null;
  const rates = reports.flatMap((report) => report.rate ?? []);
  return {
    done: reports.reduce((sum, report) => sum + report.done, 0),
    total: reports.reduce((sum, report) => sum + report.total, 0),
    unit: first.unit,
    rate: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    message: first.message,
  };
}

/** The running job's own estimate, and for those not begun the mean time of those done (or the running one's whole time). */
function stepEta(jobs: WatchedJob[], running: WatchedJob[], remaining: number): number | null {
  if (running.length === 0) return null;
  const etas = running.flatMap((job) => job.progress?.etaSeconds ?? []);
  if (etas.length === 0) return null;
  const current = Math.max(...etas);
  const queued = remaining - running.length;
  if (queued <= 0) return current;
  const seconds = jobs.flatMap((job) => duration(job) ?? []);
  const mean =
    seconds.length > 0 ? seconds.reduce((sum, s) => sum + s, 0) / seconds.length : wholeTime(running);
  return mean === null ? null : current + (queued * mean) / running.length;
}

function duration(job: WatchedJob): number | null {
  if (job.state !== 'succeeded' || job.startedAt === null || job.finishedAt === null) return null;
  return (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000;
}

function wholeTime(running: WatchedJob[]): number | null {
  const progress = running.find((job) => job.progress?.rate)?.progress;
  return progress?.rate ? progress.total / progress.rate : null;
}
