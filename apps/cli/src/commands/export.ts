import { join } from 'node:path';
import type { Job } from '@toogit/client';
import { renderTable } from '@toogit/report';
import { stringify } from 'yaml';
import { makeDirectory, writeText } from '../files.js';
import type { CommandContext } from './context.js';

/**
 * Writes what a reader needs to check a finished experiment, without its tensors: `spec.yaml` (the values that were
 * sent, in their order, without comments), `report.json`, `report.txt` and `report.html`, every figure as SVG and CSV,
 * and `provenance.json`: what computed it, for how long.
 */
export async function exportExperiment(
  { client, terminal, json }: CommandContext,
  id: string,
  { out }: { out: string },
): Promise<void> {
  const experiment = await client.getExperiment(id);
  const { experimentId: _, ...report } = await client.getReport(id);
  const files: Record<string, string> = {
    'spec.yaml': stringify(experiment.spec),
    'report.json': `${JSON.stringify(report)}\n`,
    'report.txt': `${renderTable(report)}\n`,
    'report.html': await client.getReportPage(id),
  };
  for (const kind of new Set(report.figures.map((figure) => figure.kind))) {
    if (kind === 'examples') continue; // pictures of the data: they are on the report's page
    for (const format of ['svg', 'csv'] as const) {
      files[`${kind}.${format}`] = await client.getDashboard(kind, { format, query: { experiment: [id] } });
    }
  }
  const { name, specDigest, createdAt, finishedAt } = experiment;
  const about = { id, name, specDigest, createdAt, finishedAt };
  files['provenance.json'] = pretty({
    experiment: about,
    ...provenanceOf(await client.listJobs(id)),
  });

  await makeDirectory(out);
  for (const [file, text] of Object.entries(files)) await writeText(join(out, file), text);
  const written = Object.keys(files).map((file) => join(out, file));
  terminal.out(json ? JSON.stringify(written) : written.join('\n'));
}

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Time and memory by kind, and on what; counted once for jobs that other experiments needed first. */
function provenanceOf(jobs: readonly Job[]) {
  const byKind = new Map<string, { jobs: number; computeSeconds: number; peakRssBytes: number }>();
  const byMachine = new Map<string, number>();
  for (const { kind, attempts = [] } of jobs) {
    const total = byKind.get(kind) ?? { jobs: 0, computeSeconds: 0, peakRssBytes: 0 };
    for (const { startedAt, endedAt, peakRssBytes, provenance, outcome } of attempts) {
      total.computeSeconds += endedAt === null ? 0 : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
      total.peakRssBytes = Math.max(total.peakRssBytes, peakRssBytes ?? 0);
      if (outcome !== 'succeeded' || provenance === null) continue;
      const machine = JSON.stringify(Object.entries(provenance).sort(([a], [b]) => (a < b ? -1 : 1)));
      byMachine.set(machine, (byMachine.get(machine) ?? 0) + 1);
    }
    byKind.set(kind, { ...total, jobs: total.jobs + 1 });
  }
  return {
    kinds: Object.fromEntries(
      [...byKind].map(([kind, total]) => [
        kind,
        { ...total, computeSeconds: Math.round(total.computeSeconds) },
      ]),
    ),
    machines: [...byMachine].map(([machine, count]) => ({
      ...Object.fromEntries(JSON.parse(machine)),
      jobs: count,
    })),
  };
}
