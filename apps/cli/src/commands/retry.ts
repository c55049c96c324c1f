import type { CommandContext } from './context.js';

/** Runs the failed and cancelled jobs of an experiment again. */
export async function retry({ client, terminal, json }: CommandContext, id: string): Promise<void> {
  const experiment = await client.retryExperiment(id);
  terminal.out(json ? JSON.stringify(experiment) : `${experiment.id}  ${experiment.state}`);
  if (!json) terminal.err(terminal.colors.dim(`next: toogit watch ${experiment.id}`));
}
