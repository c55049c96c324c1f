import { randomUUID } from 'node:crypto';
import { readSpec } from '../files.js';
import { warningLines } from '../warning-text.js';
import type { CommandContext } from './context.js';
import { watch } from './watch.js';

interface SubmitOptions {
  watch: boolean;
  idempotencyKey?: string;
  priority?: number;
}

/** Starts an experiment and prints its id. */
export async function submit(context: CommandContext, path: string, options: SubmitOptions): Promise<void> {
  const { client, terminal, json } = context;
  const spec = await readSpec(path);
  const experiment = await client.submitExperiment(spec, {
    idempotencyKey: options.idempotencyKey ?? randomUUID(),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
  });
  if (json) terminal.out(JSON.stringify(experiment));
  else terminal.out(experiment.id);
  for (const line of json ? [] : warningLines(experiment.warnings, terminal)) terminal.err(line);
  if (options.watch) await watch(context, experiment.id);
  else if (!json) terminal.err(terminal.colors.dim(`next: toogit watch ${experiment.id}`));
}
