import type { ExperimentSummary } from '@toogit/client';
import { alignColumns } from '../format.js';
import type { CommandContext } from './context.js';

interface ListOptions {
  limit: number;
  all: boolean;
  state?: ExperimentSummary['state'];
  study?: string;
}

/** Most that one page of the service holds. */
const pageSize = 200;

/** Experiments, newest first. */
export async function list(context: CommandContext, options: ListOptions): Promise<void> {
  const { terminal, json } = context;
  const { items, more } = await pages(context, options);
  if (json) terminal.out(JSON.stringify(items));
  else if (items.length === 0) terminal.err('no experiments');
  else terminal.out(table(items, terminal.colors.bold));
  if (more) terminal.err(`the newest ${items.length}; there are more: --limit <n>, or --all`);
}

async function pages({ client }: CommandContext, { limit, all, ...filters }: ListOptions) {
  const wanted = all ? Number.POSITIVE_INFINITY : limit;
  const items: ExperimentSummary[] = [];
  let cursor: string | null = null;
  do {
    const page = await client.listExperiments({
      ...filters,
      limit: Math.min(pageSize, wanted - items.length),
      ...(cursor === null ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < wanted);
  return { items, more: cursor !== null };
}

function table(items: ExperimentSummary[], bold: (text: string) => string): string {
  const rows = items.map((item) => {
    const total = Object.values(item.jobs).reduce((sum, count) => sum + count, 0);
    const state = item.state === 'running' && item.pausedAt !== null ? 'paused' : item.state;
    return [item.id, state, `${item.jobs.succeeded}/${total}`, item.createdAt, item.name];
  });
  const [head = '', ...lines] = alignColumns([['id', 'state', 'jobs', 'created', 'name'], ...rows], [2]);
  return [bold(head), ...lines].join('\n');
}
