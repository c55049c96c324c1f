import { formatBytes } from '../format.js';
import type { CommandContext } from './context.js';

/** Removes what no experiment holds. Runs beside the service, with its environment. */
export async function gc(
  { terminal, json }: CommandContext,
  { dryRun, grace, force, stateDir }: { dryRun: boolean; grace: number; force: boolean; stateDir: string },
): Promise<void> {
  const { withStores } = await import('../embedded/stores.js');
  const { collectGarbage } = await import('@toogit/dispatch');
  const report = await withStores(stateDir, terminal.err, (stores) =>
    collectGarbage(stores, { dryRun, graceMs: grace, force }),
  );
  if (json) return terminal.out(JSON.stringify(report));
  const { jobs, artifacts, blobs, bytes, quarantined, uploads } = report;
  terminal.out(
    [
      dryRun ? 'would be removed:' : 'removed:',
      `  ${jobs} jobs and ${artifacts} artifacts that no experiment holds`,
      `  ${blobs} blobs that nothing refers to, ${formatBytes(bytes)}`,
      `  ${quarantined} quarantined blobs, ${uploads} unfinished uploads`,
    ].join('\n'),
  );
}
