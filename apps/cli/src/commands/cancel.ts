import type { CommandContext } from './context.js';

/** Stops an experiment. */
export async function cancel({ client, terminal, json }: CommandContext, id: string): Promise<void> {
  const experiment = await client.cancelExperiment(id);
  terminal.out(json ? JSON.stringify(experiment) : `${experiment.id}  ${experiment.state}`);
}
