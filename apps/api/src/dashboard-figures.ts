import { createArtifactStore } from '@toogit/artifacts';
import { type FigureKind, figureKinds, figures, type JobParams, jobKinds } from '@toogit/catalogue';
import {
  type ExperimentFigure,
  type FigureFilter,
  figuresOf,
  headlinesOf,
  type Summary,
} from '@toogit/report';
import type { PlannedReport, ProjectRuns } from '@toogit/runs';
import type { FastifyRequest } from 'fastify';
import { reportingLoss } from './lost-artifacts.js';
import type { Services } from './services.js';

/** Which experiments, and which of their rows. */
export interface DashboardQuery extends FigureFilter {
  experiments?: string[];
  study?: string;
  limit: number;
}

/** A figure of an experiment as far as it has got. */
export interface DashboardFigure extends ExperimentFigure {
  experiment: PlannedReport['experiment'];
  /** Rows it will have once the experiment is done. */
  rowsPlanned: number;
}

/**
 * The figures of one kind, drawn from whatever jobs are done: those of a planned report, so that they are there while
 * the experiment runs.
 */
export async function dashboardFigures(
  runs: ProjectRuns,
  kind: FigureKind,
  { experiments, study, limit, ...filter }: DashboardQuery,
): Promise<DashboardFigure[]> {
  const reports = await runs.listReports({
    ...{ figure: kind, limit },
    ...(experiments === undefined ? {} : { experiments }),
    ...(study === undefined ? {} : { study }),
  });
  return figuresOfReports(runs, reports, filter, [kind]);
}

async function figuresOfReports(
  runs: ProjectRuns,
  reports: readonly PlannedReport[],
  filter: FigureFilter,
  kinds: readonly FigureKind[],
): Promise<DashboardFigure[]> {
  const wanted = reports.flatMap((report) => {
    // A report planned by an earlier version has other parameters: it has no figures.
    const params = jobKinds.report.params.safeParse(report.params);
    if (!params.success) return [];
    const definitions = params.data.figures.filter((definition) => kinds.includes(definition.kind));
    return [{ report, definitions, keys: keysOf(definitions, report.sources) }];
  });
  const outcomes = await runs.outcomes([...new Set(wanted.flatMap(({ keys }) => [...keys]))]);
  return wanted.flatMap(({ report, definitions, keys }) => {
    const { experiment } = report;
    const sources = report.sources.map((key) => (keys.has(key) ? (outcomes.get(key) ?? null) : null));
    return definitions.flatMap((definition) =>
      figuresOf([definition], sources, filter).map((figure) => ({
        ...{ experimentId: experiment.id, name: experiment.name, experiment, figure },
        rowsPlanned: definition.rows.length,
      })),
    );
  });
}

/** The jobs that figures are drawn from: every number of a row but its seed is the index of one. */
function keysOf(definitions: JobParams<'report'>['figures'], sources: readonly string[]): Set<string> {
  const numbers = definitions.flatMap((definition) =>
    definition.rows.flatMap(({ seed: _, ...row }) =>
      Object.values(row).flatMap((value) =>
        typeof value === 'number' ? [value] : Array.isArray(value) ? (value as number[]) : [],
      ),
    ),
  );
  return new Set(numbers.flatMap((index) => sources[index] ?? []));
}

/** PNG bytes of the galleries that figures name, by digest of their artifact. */
export async function galleriesOf(
  services: Services,
  { runs, log }: FastifyRequest,
  figures: readonly ExperimentFigure[],
): Promise<Map<string, Uint8Array>> {
  const store = createArtifactStore(services.blobs);
  const digests = figures.flatMap(({ figure }) =>
    figure.kind === 'patterns' ? figure.rows.map((row) => row.artifact) : [],
  );
  const galleries = await Promise.all(
    [...new Set(digests)].map(async (digest) => {
      const { parts } = await runs.getArtifact(digest);
      const part = parts.find(({ name }) => name === 'gallery.png');
      if (!part) return [];
      const png = await reportingLoss(services, log, () => store.readBytes(part));
      return [[digest, png] as const];
    }),
  );
  return new Map(galleries.flat());
}

/** Experiments of a study that are looked at for the newest with results. */
const summaryDepth = 5;

export async function dashboardSummary(runs: ProjectRuns): Promise<Summary> {
  const { experiments, jobs, studies } = await runs.totals();
  return {
    experiments,
    jobs,
    studies: await Promise.all(
      studies.map(async (counts) => ({ ...counts, newest: await newestResults(runs, counts.study) })),
    ),
  };
}

async function newestResults(
  runs: ProjectRuns,
  study: string,
): Promise<Summary['studies'][number]['newest']> {
  const reports = await runs.listReports({ study, limit: summaryDepth });
  const found = await figuresOfReports(runs, reports, {}, dashboardKinds);
  const [first] = found;
  if (!first) return null;
  const { experimentId, name, experiment } = first;
  const its = found.filter((figure) => figure.experimentId === experimentId);
  return {
    ...{ experimentId, name, profile: experiment.profile },
    headlines: its.flatMap(({ figure }) => headlinesOf(figure)),
  };
}

/** The kinds of figures that a dashboard shows. */
export const dashboardKinds = figureKinds.filter((kind) => figures[kind].dashboard !== null);
export type DashboardKind = FigureKind;
