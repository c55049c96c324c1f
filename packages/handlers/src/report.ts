import type { ArtifactStore, Manifest } from '@toogit/artifacts';
import { type Figure, figureDefinition, type JobResult, type PlannedFigure } from '@toogit/catalogue';
import { canonicalJson } from '@toogit/core';
import { type Columns, figuresOf, type Pictures, renderHtml } from '@toogit/report';
import type { JobContext, JobHandler } from './context.js';
import { exampleGrids } from './report-grids.js';

/** Gathers what the other jobs found into report.json and a page. */
export const report: JobHandler<'report'> = async (context) => {
  const { params, artifacts } = context;
  const inputs = context.inputs.sources ?? [];
  const withColumns = columnSources(params.figures);
  const sources = await Promise.all(
    inputs.map(async ({ digest, manifest }, index) => ({
      ...{ digest, result: manifest.meta },
      columns: withColumns.has(index) ? await columnsOf(artifacts, manifest) : undefined,
    })),
  );
  const meta: JobResult<'report'> = {
    study: params.study,
    profile: params.profile,
    specDigest: params.specDigest,
    figures: figuresOf(params.figures, sources),
    sources: sources.map(({ digest }) => digest),
  };
  const pictures: Pictures = {
    grids: await exampleGrids(artifacts, params.figures, inputs),
    galleries: await galleries(context, meta.figures),
  };
  const text = (value: string) => new TextEncoder().encode(value);
  return {
    type: 'report',
    parts: [
      await artifacts.writeBytes('report.json', 'application/json', text(`${canonicalJson(meta)}\n`)),
      await artifacts.writeBytes('report.html', 'text/html', text(renderHtml(meta, pictures))),
    ],
    meta,
  };
};

/** Indices of the sources whose columns figures are made of. */
const columnSources = (figures: readonly PlannedFigure[]): Set<number> =>
  new Set(
    figures.flatMap(({ kind, rows }) => rows.flatMap((row) => figureDefinition(kind).columnsOf?.(row) ?? [])),
  );

async function columnsOf(artifacts: ArtifactStore, { parts }: Manifest): Promise<Columns> {
  const part = parts.find(({ name }) => name === 'columns');
  const tensors = part === undefined ? {} : await artifacts.readTensors(part);
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}

async function galleries(
  { inputs, artifacts }: JobContext<'report'>,
  figures: readonly Figure[],
): Promise<Map<string, Uint8Array>> {
  const wanted = new Set(
    figures.flatMap((figure) => (figure.kind === 'patterns' ? figure.rows.map((row) => row.artifact) : [])),
  );
  const found = new Map<string, Uint8Array>();
  for (const { digest, manifest } of inputs.sources ?? []) {
    const part = manifest.parts.find(({ name }) => name === 'gallery.png');
    if (wanted.has(digest) && part) found.set(digest, await artifacts.readBytes(part));
  }
  return found;
}
