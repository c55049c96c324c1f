import type { FigureOf, FigureView } from '../figure-view.js';

export type TheoryFigure = FigureOf<'theory'>;

/** Two Gaussians: closed forms beside numerical optimisation. */
export const theory: FigureView<'theory'> = {
  assemble: ({ title, rows }, sources) => ({
    kind: 'theory',
    title,
    rows: rows.flatMap(({ theory, ...row }) => {
      const source = sources.read(theory, 'theory');
      return source === null ? [] : [{ ...row, ...source.result }];
    }),
  }),
  heading: () => 'Two Gaussians',
  finding: () => null,
  chart: () => null,
  caption: '',
  tables: () => [],
  units: {},
  headlines: () => [],
  records: () => [],
};
