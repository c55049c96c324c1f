import { ToogitError } from '@toogit/core';
import type { CommandContext } from './context.js';

/** Runs the failed and cancelled jobs of an experiment again, or one failed job. */
export async function retry(
  context: CommandContext,
  id: string | undefined,
  options: { job?: string },
): Promise<void> {
  const { client, terminal, json } = context;
  if ((id === undefined) === (options.job === undefined)) {
    throw new ToogitError('USAGE_INVALID', 'Name an experiment, or one job with --job.');
  }
  if (id === undefined) {
    const job = await client.retryJob(options.job ?? '');
    terminal.out(json ? JSON.stringify(job) : `${job.key}  ${job.state}`);
    return;
  }
  const experiment = await client.retryExperiment(id);
  terminal.out(json ? JSON.stringify(experiment) : `${experiment.id}  ${experiment.state}`);
  if (!json) terminal.err(terminal.colors.dim(`next: toogit watch ${experiment.id}`));
}
