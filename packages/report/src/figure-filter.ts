import type { Figure, PlannedFigure } from '@toogit/catalogue';
import { isTyped, type TypedNumber } from '@toogit/core';
import type { FigureSources } from './figure-sources.js';

/** Which rows to keep; an absent or empty list keeps all. What a figure has nothing of does not filter it. */
export interface FigureFilter {
  architectures?: readonly string[];
  /** Of the attack or perturbation. A row of clean accuracy stays, without its other robust accuracies. */
  epsilons?: readonly TypedNumber[];
  seeds?: readonly number[];
}

const contains = <T>(list: readonly T[] | undefined, value: T) => !list?.length || list.includes(value);
const wantsNumber = (list: readonly TypedNumber[] | undefined, value: number) =>
  !list?.length || list.some((typed) => isTyped(typed, value));

/** The rows to put a figure together of. */
export function definitionMatching(
  definition: PlannedFigure,
  sources: FigureSources,
  { architectures, epsilons, seeds }: FigureFilter,
): PlannedFigure {
  const epsilonOf = epsilonIn(sources);
  const keeps = (row: PlannedFigure['rows'][number]) => {
    if (!contains(seeds, row.seed)) return false;
    if ('training' in row && !contains(architectures, row.training.architecture)) return false;
    const epsilon = epsilonOf(row);
    return epsilon === null || wantsNumber(epsilons, epsilon);
  };
  return { ...definition, rows: definition.rows.filter(keeps as () => boolean) } as PlannedFigure;
}

/** The epsilon of a row that has one only; null where it has none, several, or no result yet. */
function epsilonIn(sources: FigureSources): (row: PlannedFigure['rows'][number]) => number | null {
  return (row) => {
    if ('transferred' in row) {
      return sources.read(row.transferred, 'evaluate')?.result.adversarial?.attack.epsilon ?? null;
    }
    if ('matrix' in row) return sources.read(row.matrix, 'transfer-matrix')?.result.attack.epsilon ?? null;
    if ('patterns' in row) return sources.read(row.patterns, 'patterns')?.result.attack.epsilon ?? null;
    if ('usefulness' in row) {
      return sources.read(row.usefulness, 'feature-usefulness')?.result.perturbation.epsilon ?? null;
    }
    return null;
  };
}

/** What of a figure's rows to keep. */
export function figureMatching(figure: Figure, { architectures, epsilons }: FigureFilter): Figure {
  if (figure.kind === 'accuracy') {
    const matching = <T extends { robust: { attack: { epsilon: number } }[] }>(row: T): T => ({
      ...row,
      robust: row.robust.filter(({ attack }) => wantsNumber(epsilons, attack.epsilon)),
    });
    return { ...figure, rows: figure.rows.map(matching), means: figure.means.map(matching) };
  }
  if (figure.kind === 'transfer-matrix') {
    return { ...figure, rows: figure.rows.map((row) => matrixMatching(row, architectures)) };
  }
  return figure;
}

type MatrixRow = Extract<Figure, { kind: 'transfer-matrix' }>['rows'][number];

function matrixMatching(row: MatrixRow, architectures: readonly string[] | undefined): MatrixRow {
  const keeps = (_: unknown, index: number) => contains(architectures, row.architectures[index] ?? '');
  return {
    ...row,
    names: row.names.filter(keeps),
    architectures: row.architectures.filter(keeps),
    transfer: row.transfer.filter(keeps).map((rates) => rates.filter(keeps)),
  };
}
