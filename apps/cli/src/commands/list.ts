import type { ExperimentSummary } from '@toogit/client';
import { alignColumns } from '../format.js';
import type { CommandContext } from './context.js';

/** Experiments, newest first. */
export async function list(
  { client, terminal, json }: CommandContext,
  options: { limit: number; state?: ExperimentSummary['state'] },
): Promise<void> {
  const { items } = await client.listExperiments(options);
  if (json) return terminal.out(JSON.stringify(items));
  if (items.length === 0) return terminal.err('no experiments yet');
  const rows = items.map((item) => {
    const total = Object.values(item.jobs).reduce((sum, count) => sum + count, 0);
    return [item.id, item.state, `${item.jobs.succeeded}/${total}`, item.createdAt, item.name];
  });
  const [head = '', ...lines] = alignColumns([['id', 'state', 'jobs', 'created', 'name'], ...rows], [2]);
  terminal.out([terminal.colors.bold(head), ...lines].join('\n'));
}
