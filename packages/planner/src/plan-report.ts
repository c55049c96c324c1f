import type { FigureDefinition, JobParams, PlannedJob, TrainingFacts } from '@toogit/catalogue';
import type { StepOf } from '@toogit/spec';
import { reportCost } from './estimate.js';
import { keysOf, type PointContext, planned, stepOf } from './plan-step.js';

/** A report step at one point of the matrix. */
export interface ReportAtPoint {
  step: StepOf<'report'>;
  /** What the matrix sets there besides the seed. */
  point: string;
  context: PointContext;
}

export type ReportFacts = Pick<JobParams<'report'>, 'study' | 'profile' | 'specDigest'>;

/** One report over all points: the same figures, each with the rows of every point. */
export function planReport(facts: ReportFacts, points: readonly ReportAtPoint[]): PlannedJob {
  const sources = new Sources();
  const [first] = points;
  const figures = (first?.step.figures ?? []).map((figure, index) => ({
    kind: figure.kind,
    title: figure.title,
    rows: points.flatMap((at) => rowsOf(at.step.figures[index], at, sources)),
  })) as FigureDefinition[];
  return planned<'report'>(
    { kind: 'report', params: { ...facts, figures }, seed: 0, inputs: { sources: sources.keys } },
    reportCost,
  );
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
  figure: StepOf<'report'>['figures'][number] | undefined,
  { point, context }: ReportAtPoint,
  sources: Sources,
): object[] {
  const origin = { seed: context.seed, point };
  const source = (name: string) => {
    const [key] = keysOf(context, name);
    if (key === undefined) throw new Error(`step ${name} has no job`);
    return sources.add(key);
  };
  const trainingOf = (evaluation: string) =>
    trainingFacts(stepOf(context, stepOf(context, evaluation, 'evaluate').model, 'train'));
  switch (figure?.kind) {
    case 'accuracy':
      return figure.rows.map(({ evaluations, ...row }) => ({
        ...origin,
        ...row,
        training: trainingOf(evaluations[0] ?? ''),
        evaluations: evaluations.map(source),
      }));
    case 'sensitivity':
      return figure.rows.map(({ evaluation, ...row }) => ({
        ...origin,
        ...row,
        training: trainingOf(evaluation),
        evaluation: source(evaluation),
      }));
    case 'transfer':
      return figure.rows.map(({ learned, transferred }) => ({
        ...origin,
        training: trainingOf(learned),
        learned: source(learned),
        transferred: source(transferred),
      }));
    case 'transfer-matrix':
      return figure.rows.map(({ matrix }) => ({ ...origin, matrix: source(matrix) }));
    case 'feature-usefulness':
      return figure.rows.map(({ model, usefulness }) => ({
        ...origin,
        model,
        training: measuredModel(context, usefulness),
        usefulness: source(usefulness),
      }));
    case 'theory':
      return figure.rows.map(({ theory }) => ({ ...origin, theory: source(theory) }));
    case 'patterns':
      return figure.rows.map(({ patterns }) => ({ ...origin, patterns: source(patterns) }));
    case 'examples':
      return figure.rows.map(({ name, synthesized, dataset }) => ({
        ...origin,
        name,
        synthesized: source(synthesized),
        dataset: source(dataset),
      }));
    case undefined:
      return [];
  }
}

function measuredModel(context: PointContext, usefulness: string): TrainingFacts {
  const { responses } = stepOf(context, usefulness, 'feature-usefulness');
  return trainingFacts(stepOf(context, stepOf(context, responses, 'feature-responses').model, 'train'));
}

const trainingFacts = (step: StepOf<'train'>): TrainingFacts => {
  const { architecture, width, depth, epochs, learningRate, augmentation, adversarial } = step;
  return { architecture, width, depth, epochs, learningRate, augmentation, adversarial };
};
