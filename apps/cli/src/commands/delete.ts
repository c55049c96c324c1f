import type { CommandContext } from './context.js';

/** Forgets an experiment that has ended, with its results; artifacts that others hold stay. */
export async function deleteExperiment(
  { client, terminal, json }: CommandContext,
  id: string,
): Promise<void> {
  await client.deleteExperiment(id);
  terminal.out(json ? JSON.stringify({ id, deleted: true }) : `${id}  deleted`);
}
