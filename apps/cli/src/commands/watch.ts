import type { Experiment, ExperimentEvent, ExperimentSummary, JobStatus } from '@toogit/client';
import { ToogitError } from '@toogit/core';
import { exitCodes } from '../exit-codes.js';
import { formatDuration } from '../format.js';
import type { Snapshot } from '../progress/render.js';
import { type StepProgress, stepProgress } from '../progress/step-progress.js';
import { jsonView, lineView, liveView, type ProgressView } from '../progress/views.js';
import type { CommandContext } from './context.js';

/** How long a job may stand ready without a worker that can run it before that is shown: workers take seconds to start. */
const unmatchedAfterMs = 15_000;
/** Of the time, updating takes at most this fraction. */
const updatingShare = 0.1;

/** Follows an experiment until it ends; the exit code is its outcome. An interrupt ends the watching, not the experiment. */
export async function watch(context: CommandContext, id: string): Promise<void> {
  const view = viewFor(context);
  const watched = new WatchedExperiment();
  const update = pausing(() => {
    const snapshot = watched.snapshot(Date.now());
    if (snapshot !== null) view.update(snapshot);
  });
  // Between events time goes on: the live view's clock, and the lines that are due.
  const ticker = setInterval(update, 1_000);
  const onConnectionLost = (error: unknown) => {
    watched.connectionLost(error);
    update.now();
  };
  try {
    const events = context.client.watchExperiment(id, { signal: context.signal, onConnectionLost });
    for await (const event of events) {
      watched.receive(event);
      update();
    }
    update.now();
  } finally {
    clearInterval(ticker);
    view.close();
  }
  const last = watched.snapshot(Date.now());
  if (context.signal.aborted || last === null) context.exitWith(exitCodes.interrupted);
  else conclude(context, last);
}

/** An update adds up all jobs: after one that took long, events, of which there may be one a job, are gathered. */
function pausing(update: () => void) {
  let nextAt = 0;
  const now = () => {
    const startedAt = performance.now();
    update();
    nextAt = performance.now() + (performance.now() - startedAt) / updatingShare;
  };
  return Object.assign(() => (performance.now() >= nextAt ? now() : undefined), { now });
}

/** What the events of an experiment have shown of it so far. */
class WatchedExperiment {
  #summary: ExperimentSummary | null = null;
  #steps: Experiment['steps'] = [];
  readonly #jobs = new Map<string, JobStatus>();
  /** Whether all its jobs have come. */
  #complete = false;
  /** Since when a step has had jobs that no worker can run. */
  readonly #unmatchedSince = new Map<string, number>();
  #notice: string | null = null;

  receive({ event, data }: ExperimentEvent): void {
    this.#notice = null;
    if (event === 'snapshot') {
      this.#steps = data.experiment.steps;
      this.#summary = data.experiment;
      this.#receiveJobs(data);
    } else if (event === 'jobs') this.#receiveJobs(data);
    else if (event === 'job') this.#jobs.set(data.key, data);
    else if (event === 'experiment') this.#summary = data;
  }

  #receiveJobs({ jobs, complete }: { jobs: JobStatus[]; complete: boolean }): void {
    for (const job of jobs) this.#jobs.set(job.key, job);
    this.#complete ||= complete;
  }

  connectionLost(error: unknown): void {
    const reason = error instanceof ToogitError ? error.message : 'The connection to the service broke.';
    this.#notice = `${reason} Trying again; the experiment itself is not touched.`;
  }

  snapshot(nowMs: number): Snapshot | null {
    if (this.#summary === null || !this.#complete) return null;
    const { id, name, state, pausedAt, createdAt, finishedAt } = this.#summary;
    const jobs = [...this.#jobs.values()];
    return {
      id,
      name,
      state: state === 'running' && pausedAt !== null ? 'paused' : state,
      startedAtMs: Date.parse(createdAt),
      finishedAtMs: finishedAt === null ? null : Date.parse(finishedAt),
      jobsDone: jobs.filter((job) => job.state === 'succeeded').length,
      jobsTotal: jobs.length,
      steps: stepProgress(this.#steps, jobs).map((step) => this.#patient(step, nowMs)),
      notice: this.#notice,
    };
  }

  /** A step whose unmatched jobs are shown only when workers have had time to start. */
  #patient(step: StepProgress, nowMs: number): StepProgress {
    if (step.unmatched === 0) {
      this.#unmatchedSince.delete(step.name);
      return step;
    }
    const since = this.#unmatchedSince.get(step.name) ?? nowMs;
    this.#unmatchedSince.set(step.name, since);
    return nowMs - since < unmatchedAfterMs ? { ...step, unmatched: 0 } : step;
  }
}

function viewFor({ json, terminal }: CommandContext): ProgressView {
  if (json) return jsonView(terminal.out);
  return terminal.interactive ? liveView(terminal) : lineView(terminal.err);
}

function conclude({ json, terminal, exitWith }: CommandContext, last: Snapshot): void {
  if (last.state !== 'succeeded') exitWith(exitCodes.experimentFailed);
  if (json) return;
  const { colors } = terminal;
  const state = last.state === 'succeeded' ? colors.green(last.state) : colors.red(last.state);
  const seconds = ((last.finishedAtMs ?? Date.now()) - last.startedAtMs) / 1000;
  terminal.out(`${last.id}  ${state}  ${formatDuration(seconds)}`);
  const failed = last.steps.find((step) => step.error !== null);
  if (failed?.error) terminal.err(`${failed.name}: ${failed.error.code}  ${failed.error.message}`);
  if (last.state === 'succeeded') terminal.err(colors.dim(`next: toogit report ${last.id}`));
}
