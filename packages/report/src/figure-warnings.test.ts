import type { JobResult, PlannedFigure } from '@toogit/catalogue';
import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { figuresCsv } from './figure-files.js';
import { figureWarnings } from './figure-warnings.js';
import { figuresOf, viewOf } from './figures-of.js';
import { renderHtml } from './render-html.js';
import { renderTable } from './render-table.js';
import { evaluation, FixtureSources, reportOf, training } from './report-fixture.js';

/** One row for each evaluation. */
function accuracyOf(...evaluations: JobResult<'evaluate'>[]) {
  const sources = new FixtureSources();
  const definition: PlannedFigure = {
    kind: 'accuracy',
    title: null,
    rows: evaluations.map((each, seed) => ({
      ...{ seed, point: '', trainedOn: 'D', evaluatedOn: 'D', training, paper: null },
      evaluations: [sources.add('evaluate', each)],
    })),
  };
  return { definitions: [definition], sources: sources.list };
}

const attacked = (effect: Partial<NonNullable<JobResult<'evaluate'>['adversarial']>>) => {
  const result = evaluation({ correct: 9_000, robust: { epsilon: 0.5, correct: 1_700 } });
  return result.adversarial ? { ...result, adversarial: { ...result.adversarial, ...effect } } : result;
};

it('an attack that did not reach epsilon is warned of once, under the figure, on the page and in the terminal', () => {
  const { definitions, sources } = accuracyOf(attacked({ maxNorm: 0.001 }), attacked({ maxNorm: 0.001 }));
  const [figure] = figuresOf(definitions, sources);
  if (!figure) throw new Error('a figure');
  expect(figureWarnings(figure)).toMatchObject([
    { code: 'EPSILON_NOT_REACHED', path: expect.stringContaining('D, L2, ε = 0.5') },
  ]);
  const report = reportOf(definitions, sources);
  const terminal = renderTable(report);
  expect(terminal.match(/no perturbation is longer than 0\.001/g)).toHaveLength(1);
  expect(terminal).toMatch(/Raise steps or stepSize/);
  expect(renderHtml(report, { grids: new Map(), galleries: new Map() })).toMatch(
    /<li>.*no perturbation is longer than 0\.001/,
  );
});

it('gradients that vanished, and a model that predicts one class, are told of', () => {
  const one = evaluation({ correct: 1_000 });
  one.perClassAccuracy = one.perClassAccuracy.map((group, i) => ({
    ...group,
    ...(i === 0 ? { correct: group.n, accuracy: 1 } : { correct: 0, accuracy: 0 }),
  }));
  const { definitions, sources } = accuracyOf(attacked({ zeroGradients: 40 }), one);
  const codes = figuresOf(definitions, sources)
    .flatMap(figureWarnings)
    .map(({ code }) => code);
  expect(codes).toEqual(['GRADIENTS_ZERO', 'ONE_CLASS_PREDICTED']);
});

it('CSV and table state the reached norm, and the clean accuracy of the very images attacked', () => {
  const { definitions, sources } = accuracyOf(attacked({ meanNorm: 0.41, maxNorm: 0.45 }));
  const [figure] = figuresOf(definitions, sources);
  if (!figure) throw new Error('a figure');
  const records: Record<string, string>[] = parse(figuresCsv([{ experimentId: 'e', name: 'n', figure }]), {
    columns: true,
  });
  expect(records[1]).toMatchObject({
    ...{ split: 'test', cleanOfAttacked: '0.9', meanNorm: '0.41', maxNorm: '0.45' },
    ...{ attackSuccess: '0.15', zeroGradients: '0', nonFiniteGradients: '0' },
  });
  const table = viewOf(figure)
    .tables(figure)
    .find(({ title }) => title === 'The attacked images');
  expect(table?.rows[0]?.slice(2)).toEqual(['90.0 %', '85.0 %', '0.41', '0.45', '2\u202f000']);
});
