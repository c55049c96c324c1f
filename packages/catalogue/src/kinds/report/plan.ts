import { bytesCost } from '../../costs/bytes-cost.js';
import type { ExperimentFacts, JobPlan, StepAtPoint } from '../../definitions/kind-definition.js';
import { figureDefinition, type PlannedFigure } from '../../figures.js';
import type { ReportParams } from './job.js';
import type { ReportStep } from './step.js';

/** One report over all points: the same figures, each with the rows of every point. */
export function planReport(
  facts: ExperimentFacts,
  points: readonly StepAtPoint<ReportStep>[],
): JobPlan<ReportParams> {
  const sources = new Sources();
  const written = points[0]?.step.figures ?? [];
  const figures = written.map(({ kind, title }, index) => ({
    kind,
    title,
    rows: points.flatMap((at) => rowsOf(index, at, sources)),
  })) as PlannedFigure[];
  const inputs = { sources: sources.keys };
  return { params: { ...facts, figures }, seed: 0, inputs, cost: bytesCost(200_000) };
}

/** The report's inputs, each once, in the order they are first named. */
class Sources {
  readonly keys: string[] = [];
  readonly #indices = new Map<string, number>();

  /** @returns its index */
  add(key: string): number {
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    this.#indices.set(key, this.keys.length);
    return this.keys.push(key) - 1;
  }
}

function rowsOf(
  index: number,
  { step, point, context }: StepAtPoint<ReportStep>,
  sources: Sources,
): object[] {
  const figure = step.figures[index];
  if (figure === undefined) return [];
  const all = (name: string) => context.keys(name).map((key) => sources.add(key));
  const one = (name: string) => {
    const [key] = context.keys(name);
    if (key === undefined) throw new Error(`step ${name} has no job`);
    return sources.add(key);
  };
  const { planRow } = figureDefinition(figure.kind);
  const rowContext = { ...context, source: one, sources: all };
  return figure.rows.map((row) => ({ seed: context.seed, point, ...planRow(row, rowContext) }));
}
