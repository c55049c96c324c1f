import type { Client, Experiment, ExperimentSummary, Job } from '@toogit/client';
import { exitCodes } from '../exit-codes.js';
import { formatDuration } from '../format.js';
import type { Snapshot } from '../progress/render.js';
import { stepProgress } from '../progress/step-progress.js';
import { jsonView, lineView, liveView, type ProgressView } from '../progress/views.js';
import type { CommandContext } from './context.js';

/** Follows an experiment until it ends; the exit code says how. An interrupt ends the watching, not the experiment. */
export async function watch(context: CommandContext, id: string): Promise<void> {
  const view = viewFor(context);
  let last: Snapshot | null = null;
  // Between events time goes on: the live view's clock, and the lines that are due.
  const ticker = setInterval(() => last && view.update(last), 1_000);
  try {
    for await (const snapshot of snapshots(context.client, id, context.signal)) {
      last = snapshot;
      view.update(snapshot);
    }
  } finally {
    clearInterval(ticker);
    view.close();
  }
  if (context.signal.aborted || last === null) context.exitWith(exitCodes.interrupted);
  else conclude(context, last);
}

/** The experiment after each event; ends with it, or quietly when aborted. */
async function* snapshots(client: Client, id: string, signal: AbortSignal): AsyncGenerator<Snapshot> {
  let steps: Experiment['steps'] = [];
  let summary: ExperimentSummary | null = null;
  const jobs = new Map<string, Job>();
  for await (const { event, data } of client.watchExperiment(id, { signal })) {
    if (event === 'snapshot') {
      steps = data.experiment.steps;
      summary = data.experiment;
      for (const job of data.jobs) jobs.set(job.key, job);
    } else if (event === 'job') jobs.set(data.key, data);
    else if (event === 'experiment') summary = data;
    if (summary === null) continue;
    yield snapshotOf(summary, steps, [...jobs.values()]);
  }
}

function snapshotOf(experiment: ExperimentSummary, steps: Experiment['steps'], jobs: Job[]): Snapshot {
  const { id, name, state, createdAt, finishedAt } = experiment;
  return {
    id,
    name,
    state,
    startedAtMs: Date.parse(createdAt),
    finishedAtMs: finishedAt === null ? null : Date.parse(finishedAt),
    steps: stepProgress(steps, jobs),
  };
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
