import type { KindEstimate, PlanSummary } from '@toogit/client';
import { readSpec } from '../files.js';
import { alignColumns, formatBytes, formatDuration, formatFlops } from '../format.js';
import { warningLines } from '../warning-text.js';
import type { CommandContext } from './context.js';

const basisText = ({ basis, pastJobs }: KindEstimate) => {
  if (basis === 'measured') return `measured on ${pastJobs} past ${pastJobs === 1 ? 'job' : 'jobs'}`;
  return basis === 'probe' ? 'probe of a small network' : 'nominal';
};

/** In all, then by kind, the longest first, with what each is estimated from. */
function timeLines({ estimatedSeconds, device, estimates }: PlanSummary): string[] {
  if (estimates.length === 0) return [];
  const where = device === null ? 'one worker' : `one worker (${device})`;
  const rows = estimates
    .toSorted((a, b) => b.seconds - a.seconds)
    .map((each) => [`  ${each.kind}`, formatDuration(each.seconds), basisText(each)]);
  return [`about ${formatDuration(estimatedSeconds)} on ${where}`, ...alignColumns(rows, [1])];
}

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
  const { jobs, cached, estimatedFlops, estimatedBytes } = planned;
  const remaining = `${jobs} jobs, ${cached} cached; the rest: ${formatFlops(estimatedFlops)}, ${formatBytes(estimatedBytes)} stored`;
  const warnings = warningLines(planned.warnings, terminal);
  const about = warnings.length === 0 ? [] : ['', ...warnings];
  terminal.out(
    [terminal.colors.bold(head), ...lines, '', remaining, ...timeLines(planned), ...about].join('\n'),
  );
}
