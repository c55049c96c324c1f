import type { CommandContext } from './context.js';

/** Hands all ready jobs to the queue and has lost blobs made again. Runs beside the service, with its environment. */
export async function reconcile(
  { terminal, json }: CommandContext,
  { dryRun, deep, force, stateDir }: { dryRun: boolean; deep: boolean; force: boolean; stateDir: string },
): Promise<void> {
  const { withStores } = await import('../embedded/stores.js');
  const { reconcile: run } = await import('@toogit/dispatch');
  const report = await withStores(stateDir, terminal.err, (stores) => run(stores, { dryRun, deep, force }));
  if (json) return terminal.out(JSON.stringify(report));
  const { requeued, checked, missing, corrupt, remade } = report;
  terminal.out(
    [
      `${requeued} ready jobs ${dryRun ? 'would be' : 'were'} handed to the queue`,
      `${checked} blobs checked, ${missing.length} missing, ${corrupt.length} corrupt`,
      ...missing.map((digest) => `  missing  ${digest}`),
      ...corrupt.map((digest) => `  corrupt  ${digest}`),
      ...(dryRun ? [] : [`${remade} jobs run again to make them`]),
    ].join('\n'),
  );
}
