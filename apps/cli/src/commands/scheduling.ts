import type { Experiment } from '@toogit/client';
import type { CommandContext } from './context.js';

/** Begins no more jobs that only paused experiments need; running ones go on. */
export async function pause(context: CommandContext, id: string): Promise<void> {
  show(context, await context.client.pauseExperiment(id));
}

export async function resume(context: CommandContext, id: string): Promise<void> {
  show(context, await context.client.resumeExperiment(id));
}

/** The scheduling order among the experiments of a project. */
export async function prioritize(context: CommandContext, id: string, priority: number): Promise<void> {
  show(context, await context.client.setPriority(id, priority));
}

function show({ terminal, json }: CommandContext, experiment: Experiment): void {
  const { id, state, pausedAt, priority } = experiment;
  const paused = pausedAt === null ? '' : ', paused';
  terminal.out(json ? JSON.stringify(experiment) : `${id}  ${state}${paused}, priority ${priority}`);
}
