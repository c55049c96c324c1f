import { alignColumns, formatBytes, formatFlops } from '../format.js';
import { readSpec } from '../spec-file.js';
import type { CommandContext } from './context.js';

/** Shows what a spec would run. */
export async function plan({ client, terminal, json }: CommandContext, path: string): Promise<void> {
  const planned = await client.plan(await readSpec(path));
  if (json) return terminal.out(JSON.stringify(planned));
  const rows = planned.steps.map((step) => [
    step.name,
    step.kind,
    String(step.jobs),
    String(step.cached),
    formatFlops(step.estimate.flops),
    formatBytes(step.estimate.bytes),
  ]);
  const header = ['step', 'kind', 'jobs', 'cached', 'compute', 'storage'];
  const [head = '', ...lines] = alignColumns([header, ...rows], [2, 3, 4, 5]);
  terminal.out([terminal.colors.bold(head), ...lines].join('\n'));
}
