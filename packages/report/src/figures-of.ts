import type { Figure, FigureKind, PlannedFigure } from '@toogit/catalogue';
import { definitionMatching, type FigureFilter, figureMatching } from './figure-filter.js';
import { FigureSources, type SourceResult } from './figure-sources.js';
import type { FigureView, Headline } from './figure-view.js';
import { accuracy } from './figures/accuracy.js';
import { examples } from './figures/examples.js';
import { featureUsefulness } from './figures/feature-usefulness.js';
import { patterns } from './figures/patterns.js';
import { perturbationNorms } from './figures/perturbation-norms.js';
import { sensitivity } from './figures/sensitivity.js';
import { theory } from './figures/theory.js';
import { transfer } from './figures/transfer.js';
import { transferMatrix } from './figures/transfer-matrix.js';

const views: { [K in FigureKind]: FigureView<K> } = {
  accuracy,
  sensitivity,
  transfer,
  'transfer-matrix': transferMatrix,
  'feature-usefulness': featureUsefulness,
  theory,
  patterns,
  'perturbation-norms': perturbationNorms,
  examples,
};

/** How figures of a kind are made, drawn and put into a sentence. */
export const viewOf = (figure: { kind: FigureKind }): FigureView<FigureKind> =>
  views[figure.kind] as FigureView<FigureKind>;

/**
 * The figures that can be made of what is there: rows whose results are missing are left out, and figures without
 * rows. `sources` are what the definitions refer to by index, null where the job is not done.
 *
 * @throws ARTIFACT_INVALID if a result is not what its job must state.
 */
export function figuresOf(
  definitions: readonly PlannedFigure[],
  sources: readonly (SourceResult | null)[],
  filter: FigureFilter = {},
): Figure[] {
  const found = new FigureSources(sources);
  return definitions
    .map((definition) => {
      const wanted = definitionMatching(definition, found, filter);
      return figureMatching(viewOf(definition).assemble(wanted, found), filter);
    })
    .filter((figure) => figure.rows.length > 0);
}

/** What the numbers of a kind of figure are in, by name. */
export const unitsOf = (kind: FigureKind): Record<string, string> => viewOf({ kind }).units;

/** The numbers that a figure is about. */
export const headlinesOf = (figure: Figure): Headline[] => viewOf(figure).headlines(figure);

/** Its own title, or what such figures are called. */
export const headingOf = (figure: Figure): string => figure.title ?? viewOf(figure).heading(figure);
