import { jobKinds, type PlannedFigure } from '@toogit/catalogue';
import { typedNumber } from '@toogit/core';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { type ExperimentFigure, figuresCsv, figuresSvg } from './figure-files.js';
import {
  type FigureFixture,
  featureUsefulnessFixture,
  galleryPng,
  patternsFixture,
  robustFeaturesFixture,
  sensitivityFixture,
  theoryFixture,
  transferFixture,
  transferMatrixFixture,
} from './figure-fixtures.js';
import { figuresOf, viewOf } from './figures-of.js';
import { renderHtml } from './render-html.js';
import { renderTable } from './render-table.js';
import { evaluation, FixtureSources, reportOf, simpleExperiment, training } from './report-fixture.js';
import { themeNames } from './themes.js';

const fixtures: Record<string, FigureFixture> = {
  'simple experiment': simpleExperiment([0, 1, 2]),
  'robust features': robustFeaturesFixture(),
  sensitivity: sensitivityFixture(),
  transfer: transferFixture(),
  'transfer matrix': transferMatrixFixture(),
  'feature usefulness': featureUsefulnessFixture(),
  theory: theoryFixture(),
  patterns: patternsFixture(),
};

const figuresOfFixture = ({ definitions, sources }: FigureFixture) => figuresOf(definitions, sources);
const picturesOf = (figures: ReturnType<typeof figuresOf>) => ({
  grids: new Map(),
  galleries: new Map(
    figures.flatMap((figure) =>
      figure.kind === 'patterns' ? figure.rows.map((row) => [row.artifact, galleryPng()] as const) : [],
    ),
  ),
});
const ofExperiment = (figures: ReturnType<typeof figuresOf>): ExperimentFigure[] =>
  figures.map((figure) => ({ experimentId: 'e1', name: 'measured', figure }));

/** Throws unless the text is well-formed XML. @returns all its text. */
function xmlText(text: string): string {
  const parser = new SaxesParser();
  const parts: string[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('text', (part) => parts.push(part));
  parser.write(text).close();
  return parts.join(' ');
}

describe.each(Object.entries(fixtures))('the figures of %s', (_, fixture) => {
  it('are what a report job may state', () => {
    const figures = figuresOfFixture(fixture);
    expect(figures.length).toBe(fixture.definitions.length);
    const { sources } = fixture;
    const report = {
      study: 's',
      profile: null,
      specDigest: 'd',
      figures,
      sources: sources.map((s) => s.digest),
    };
    expect(jobKinds.report.result.parse(report)).toEqual(report);
  });

  it('are the same whatever is asked twice', () => {
    expect(figuresOfFixture(fixture)).toEqual(figuresOfFixture(fixture));
    const pictures = picturesOf(figuresOfFixture(fixture));
    const page = () => renderHtml(reportOf(fixture.definitions, fixture.sources), pictures);
    expect(page()).toBe(page());
  });

  it('leave out rows whose results are missing, and figures without rows', () => {
    expect(figuresOf(fixture.definitions, [])).toEqual([]);
    const missing = fixture.sources.map(() => null);
    expect(figuresOf(fixture.definitions, missing)).toEqual([]);
    fc.assert(
      fc.property(fc.subarray(fixture.sources.map((_, index) => index)), (there) => {
        const some = fixture.sources.map((source, index) => (there.includes(index) ? source : null));
        const complete = fixture.definitions.map((definition) =>
          definition.rows.filter((row) => indicesOf(row).every((index) => there.includes(index))),
        );
        const figures = figuresOf(fixture.definitions, some);
        expect(figures.map(({ rows }) => rows.length)).toEqual(
          complete.map((rows) => rows.length).filter((count) => count > 0),
        );
        for (const figure of figures) viewOf(figure).tables(figure);
      }),
      { numRuns: 20 },
    );
  });

  it('are drawn as well-formed SVG that needs nothing else', () => {
    const figures = figuresOfFixture(fixture);
    for (const theme of themeNames) {
      const svg = figuresSvg(ofExperiment(figures), picturesOf(figures), theme);
      xmlText(svg);
      expect(svg).not.toMatch(/var\(--|<script|NaN|undefined/);
      expect([...svg.matchAll(/href="([^"]{0,20})/g)].every(([, url]) => url?.startsWith('data:'))).toBe(
        true,
      );
    }
  });

  it('say as CSV every number that they have', () => {
    const figures = figuresOfFixture(fixture);
    for (const figure of figures) {
      const records = viewOf(figure).records(figure);
      expect(records.length).toBeGreaterThan(0);
      const parsed: Record<string, string>[] = parse(figuresCsv(ofExperiment([figure])), { columns: true });
      expect(parsed).toEqual(
        records.map((record) => ({
          experimentId: 'e1',
          figure: viewOf(figure).heading(figure),
          ...Object.fromEntries(
            Object.entries(record).map(([name, value]) => [name, value === null ? '' : String(value)]),
          ),
        })),
      );
    }
  });

  it('are told in a terminal, with n and intervals', () => {
    const text = renderTable(reportOf(fixture.definitions, fixture.sources));
    expect(text).not.toMatch(/NaN|undefined/);
    for (const figure of figuresOfFixture(fixture)) {
      for (const { columns, rows } of viewOf(figure).tables(figure)) {
        for (const row of rows) expect(row).toHaveLength(columns.length);
      }
    }
  });
});

describe('figures', () => {
  const accuracyDefinition = (seeds: number[], trainedOn: string): PlannedFigure => ({
    kind: 'accuracy',
    title: null,
    rows: seeds.map((seed, index) => ({
      ...{ seed, point: '', trainedOn, evaluatedOn: 'D', training, evaluations: [index], paper: null },
    })),
  });

  it('have means that do not depend on the order of rows', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(20), { minLength: 2, maxLength: 6 }),
        fc.array(fc.nat(1_000), { minLength: 6, maxLength: 6 }),
        (seeds, counts) => {
          const sources = new FixtureSources();
          for (const correct of counts) sources.add('evaluate', evaluation({ correct, n: 1_000 }));
          const definition = accuracyDefinition(seeds, 'D');
          const reversed = { ...definition, rows: definition.rows.toReversed() } as PlannedFigure;
          const means = (each: PlannedFigure) =>
            figuresOf([each], sources.list).map((figure) => 'means' in figure && figure.means);
          expect(means(reversed)).toEqual(means(definition));
        },
      ),
    );
  });

  it('draw the numbers that they state', () => {
    const text = xmlText(figuresSvg(ofExperiment(figuresOfFixture(robustFeaturesFixture())), picturesOf([])));
    for (const shown of ['85.8 %', '62.8 %', '30.8 %', 'L2 ε = 0.25', 'chance (10 %)'])
      expect(text).toContain(shown);
    const transfer = xmlText(figuresSvg(ofExperiment(figuresOfFixture(transferFixture())), picturesOf([])));
    expect(transfer).toMatch(/Pearson 0\.99 \[0\.\d\d, 1\.00\]/);
    expect(transfer).toContain('n = 12');
  });

  it('do not say that architectures learn where they guess', () => {
    const said = (share: number) => {
      const [figure] = figuresOfFixture(transferFixture(share));
      return figure && viewOf(figure).finding(figure);
    };
    expect(said(1)).toMatch(/at 0\.99 .*: architectures that the examples transfer to more also learn more/);
    expect(said(1 / 3)).toMatch(/only 6 of them lie above chance \(10\.0 %\), so this does not show/);
    expect(said(1 / 10)).toMatch(/none of them lies above chance/);
  });

  it('say that nothing is there yet', () => {
    expect(xmlText(figuresSvg([], picturesOf([])))).toContain('Nothing yet');
    expect(figuresCsv([])).toBe('experimentId,figure\n');
  });

  it('keep whatever people named from being markup or a formula', () => {
    const evil = '=1+1]]><script>\u0000\ud800&"\'';
    const sources = new FixtureSources();
    sources.add('evaluate', evaluation({ correct: 10 }));
    const definition = { ...accuracyDefinition([0], evil), title: '@evil' };
    const figures = ofExperiment(figuresOf([definition], sources.list));
    const svg = figuresSvg(figures, picturesOf([]));
    expect(xmlText(svg)).toContain('=1+1]]><script>');
    expect(svg).not.toContain('<script');
    const [record]: Record<string, string>[] = parse(figuresCsv(figures), { columns: true });
    expect(record).toMatchObject({ figure: "'@evil" });
    expect(record?.trainedOn?.startsWith("'=1+1]]><script>")).toBe(true);
    for (const start of ['+', '-', '@', '\t', '\r', '=']) {
      const named = accuracyDefinition([0], `${start}x`);
      expect(figuresCsv(ofExperiment(figuresOf([named], sources.list)))).toMatch(/,"?'[^,]?x/);
    }
  });

  it('are refused where a result is not what its job must state', () => {
    const wrong = [{ digest: 'x', result: { clean: 'much' } }];
    expect(() => figuresOf([accuracyDefinition([0], 'D')], wrong)).toThrow(
      expect.objectContaining({ code: 'ARTIFACT_INVALID', digest: 'x' }),
    );
  });

  it('keep the rows that a filter names', () => {
    const typed = (text: string) => typedNumber(text) ?? expect.unreachable();
    const { definitions, sources } = transferFixture();
    const rows = (filter: Parameters<typeof figuresOf>[2]) =>
      figuresOf(definitions, sources, filter).reduce((count, figure) => count + figure.rows.length, 0);
    expect(rows({})).toBe(12);
    expect(rows({ seeds: [0, 2] })).toBe(8);
    expect(rows({ architectures: ['resnet50'] })).toBe(3);
    expect(rows({ epsilons: [typed('0.5')] })).toBe(12);
    expect(rows({ epsilons: [typed('0.25')] })).toBe(0);
    const matrix = transferMatrixFixture();
    const [figure] = figuresOf(matrix.definitions, matrix.sources, { architectures: ['resnet18', 'cnn'] });
    expect(figure?.rows[0]).toMatchObject({ names: ['ResNet-18', 'Inception-v3'] });
  });
});

/** What a row of a definition is drawn from. */
function indicesOf({ seed: _, ...row }: PlannedFigure['rows'][number]): number[] {
  return Object.values(row)
    .flat()
    .filter((value): value is number => typeof value === 'number');
}
