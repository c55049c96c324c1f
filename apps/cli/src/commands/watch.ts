import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../exit-codes.js';
import { formatDuration } from '../format.js';
import type { Snapshot } from '../progress/render.js';
import { stepProgress } from '../progress/step-progress.js';
import { jsonView, lineView, liveView, type ProgressView } from '../progress/views.js';
import type { CommandContext } from './context.js';

const pollMs = 1_000;

/** Follows an experiment until it ends; the exit code says how. An interrupt ends the watching, not the experiment. */
export async function watch(context: CommandContext, id: string): Promise<void> {
  const view = viewFor(context);
  try {
    const last = await follow(context, id, view);
    view.close();
    if (last === null) context.exitWith(exitCodes.interrupted);
    else conclude(context, last);
  } catch (error) {
    view.close();
    throw error;
  }
}

/** The last snapshot, or null when interrupted. */
async function follow(context: CommandContext, id: string, view: ProgressView): Promise<Snapshot | null> {
  const { client, signal } = context;
  let unreachableSince: number | null = null;
  while (!signal.aborted) {
    try {
      const [experiment, jobs] = await Promise.all([client.getExperiment(id), client.listJobs(id)]);
      unreachableSince = null;
      const end = experiment.finishedAt === null ? Date.now() : Date.parse(experiment.finishedAt);
      const snapshot: Snapshot = {
        id: experiment.id,
        name: experiment.name,
        state: experiment.state,
        elapsedSeconds: (end - Date.parse(experiment.createdAt)) / 1000,
        steps: stepProgress(experiment.steps, jobs),
      };
      view.update(snapshot);
      if (experiment.state !== 'running') return snapshot;
    } catch (error) {
      // A service that restarts is worth waiting for.
      unreachableSince ??= Date.now();
      if (!isPassing(error) || Date.now() - unreachableSince > 30_000) throw error;
    }
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

function isPassing(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}

function viewFor({ json, terminal }: CommandContext): ProgressView {
  if (json) return jsonView(terminal.out);
  return terminal.interactive ? liveView(terminal) : lineView(terminal.err);
}

function conclude({ json, terminal, exitWith }: CommandContext, last: Snapshot): void {
  if (last.state !== 'succeeded') exitWith(exitCodes.experimentFailed);
  if (json) return;
  const { colors } = terminal;
  const paint = last.state === 'succeeded' ? colors.green : colors.red;
  terminal.out(`${last.id}  ${paint(last.state)}  ${formatDuration(last.elapsedSeconds)}`);
  const failed = last.steps.find((step) => step.error !== null);
  if (failed?.error) terminal.err(`${failed.name}: ${failed.error.code}  ${failed.error.message}`);
  if (last.state === 'succeeded') terminal.err(colors.dim(`next: toogit report ${last.id}`));
}
