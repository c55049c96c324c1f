import type { PlannedFigure } from '@toogit/catalogue';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, it } from 'vitest';
import { figuresSvg } from './figure-files.js';
import { transferMatrixFixture } from './figure-fixtures.js';
import { figuresOf } from './figures-of.js';
import { renderHtml } from './render-html.js';
import { reportOf, simpleExperiment, smallPictures } from './report-fixture.js';
import { summarySvg } from './summary-files.js';

const noPictures = { grids: new Map(), galleries: new Map() };

/** Any UTF-16 code units: control characters, lone surrogates, noncharacters, markup. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0, 1, 0xb, 0x1b, 0x7f, 0xd800, 0xdfff, 0xfffe),
    ),
    { maxLength: 24 },
  )
  .map((units) => String.fromCharCode(...units))
  .map((text) => `${text}<&>"'`);

function parseXml(text: string): void {
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text).close();
}

/** The definitions with every text that people choose set to this one. */
function named(definitions: readonly PlannedFigure[], text: string): PlannedFigure[] {
  return definitions.map((definition) => ({
    ...definition,
    title: text,
    rows: definition.rows.map((row) => ({
      ...row,
      point: text,
      ...('trainedOn' in row ? { trainedOn: text, evaluatedOn: text } : {}),
      ...('name' in row ? { name: text } : {}),
    })),
  })) as PlannedFigure[];
}

it('drawings are XML, whatever people named', () => {
  const { definitions, sources } = simpleExperiment([0]);
  fc.assert(
    fc.property(anyText, (text) => {
      const matrix = transferMatrixFixture([text, `${text}2`]);
      const figures = [
        ...figuresOf(named(definitions, text), sources),
        ...figuresOf(named(matrix.definitions, text), matrix.sources),
      ].map((figure) => ({ experimentId: text, name: text, figure }));
      parseXml(figuresSvg(figures, noPictures));
    }),
    { numRuns: 60, examples: [['\u0001'], ['\ud800'], ['\ufffe'], ['\u001b[31m']] },
  );
});

it('the summary is XML, whatever people named', () => {
  const counts = (...states: string[]) => Object.fromEntries(states.map((state) => [state, 0])) as never;
  fc.assert(
    fc.property(anyText, (text) => {
      const headlines = [{ name: text, value: 1, unit: 'fraction', n: 1, ci95: null }];
      const newest = { experimentId: text, name: text, profile: text, headlines };
      const experiments = counts('running', 'succeeded');
      parseXml(
        summarySvg({ experiments, jobs: counts('ready'), studies: [{ study: text, experiments, newest }] }),
      );
    }),
    { examples: [['\u0001']] },
  );
});

it('pages hold no character that XML forbids', () => {
  const { definitions, sources } = simpleExperiment([0]);
  fc.assert(
    fc.property(anyText, (text) => {
      const report = reportOf(named(definitions, text), sources, { study: text, profile: text });
      const page = renderHtml(report, smallPictures(report));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(page).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/u);
    }),
    { numRuns: 40, examples: [['\u0001']] },
  );
});
