import { readSpec } from '../files.js';
import { alignColumns, formatBytes, formatDuration, formatFlops } from '../format.js';
import { warningLines } from '../warning-text.js';
import type { CommandContext } from './context.js';

/** Shows what a spec would run. */
export async function plan({ client, terminal, json }: CommandContext, path: string): Promise<void> {
  const planned = await client.planExperiment(await readSpec(path));
  if (json) return terminal.out(JSON.stringify(planned));
  const rows = planned.steps.map(({ name, kind, jobs, cached }) => [
    name,
    kind,
    String(jobs),
    String(cached),
  ]);
  const [head = '', ...lines] = alignColumns([['step', 'kind', 'jobs', 'cached'], ...rows], [2, 3]);
  const { jobs, cached, estimatedFlops, estimatedBytes, estimatedSeconds, flopsPerSecond } = planned;
  const remaining = `${jobs} jobs, ${cached} cached; the rest: ${formatFlops(estimatedFlops)}, ${formatBytes(estimatedBytes)} stored`;
  const time = `about ${formatDuration(estimatedSeconds)} on one worker at ${formatFlops(flopsPerSecond)}/s`;
  const warnings = warningLines(planned.warnings, terminal);
  const about = warnings.length === 0 ? [] : ['', ...warnings];
  terminal.out([terminal.colors.bold(head), ...lines, '', remaining, time, ...about].join('\n'));
}
