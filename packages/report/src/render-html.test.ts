import { decode } from 'fast-png';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderHtml } from './render-html.js';
import type { ReportContent } from './report-content.js';
import { evaluation, reportOf, simpleExperiment, smallPictures, smokeReport } from './report-fixture.js';

const page = (report: ReportContent = smokeReport()) => renderHtml(report, smallPictures(report));
const documentOf = (text: string) => parseHTML(text).document;
const text = (node: { textContent: string | null } | null) =>
  (node?.textContent ?? '').replace(/\s+/g, ' ').trim();

describe('renderHtml', () => {
  it('needs nothing but itself', () => {
    const source = page();
    const outside = [...source.matchAll(/(?:src|href|url)\s*[=(]\s*["']?([^"')>\s]+)/g)].map(
      (m) => m[1] ?? '',
    );
    expect(outside.filter((target) => !target.startsWith('data:'))).toEqual([]);
    expect(documentOf(source).querySelectorAll('script, link, iframe, object').length).toBe(0);
    expect(source).not.toContain('@import');
  });

  it('is the same bytes each time', () => {
    expect(page()).toBe(page());
  });

  it('draws bars, chance, intervals and the paper to one scale from 0 to 100 %', () => {
    const chart = documentOf(page()).querySelector('figure > svg');
    const numbers = (selector: string, attribute: string, pattern: RegExp) =>
      [...(chart?.querySelectorAll(selector) ?? [])].map((node) =>
        Number(pattern.exec(node.getAttribute(attribute) ?? '')?.[1]),
      );
    const gridLines = numbers('[aria-label="x-grid"] line', 'x1', /(.+)/);
    const [zero = 0, full = 0] = [gridLines[0], gridLines.at(-1)];
    const drawn = [
      ...numbers('[aria-label="rect"] path', 'd', /A2,2 0 0 1 ([\d.]+)/),
      ...numbers('[aria-label="link"][stroke-dasharray] path', 'd', /^M([\d.]+)/),
      ...numbers('[aria-label="dot"] path', 'transform', /translate\(([\d.]+)/),
    ].map((x) => (x - zero) / (full - zero));
    const expected = [0.8, 0.12, 0.038, 0.25, 0.5, 0.1, 0.1, 0.1, 0.953, 0.0449, 0.437, 0.633];
    expect(drawn).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(drawn[i]).toBeCloseTo(value, 3);
  });

  it('says every number in the table', () => {
    const rows = [...(documentOf(page()).querySelectorAll('table')[0]?.querySelectorAll('tbody tr') ?? [])];
    const attack = (epsilon: number) => `L2, ε = ${epsilon}, 20 steps of 0.1`;
    expect(rows.map((row) => [...row.children].map(text))).toEqual([
      ['D', 'D', 'none', '80.0 %', '79.0 – 81.0 %', '10 000', 'seed 0', '95.3 %'],
      ['D', 'D', attack(0.25), '12.0 %', '9.8 – 14.2 %', '2 000', 'seed 0', '4.5 %'],
      ['D', 'D', attack(0.5), '3.8 %', '1.6 – 6.0 %', '2 000', 'seed 0', '–'],
      ['Ddet', 'D', 'none', '25.0 %', '24.0 – 26.0 %', '10 000', 'seed 0', '43.7 %'],
      ['Drand', 'D', 'none', '50.0 %', '49.0 – 51.0 %', '10 000', 'seed 0', '63.3 %'],
      ['chance', '', '', '10.0 %', '', '', '', ''],
    ]);
  });

  it('shows images as they are, perturbations amplified by the stated factor', () => {
    const document = documentOf(page());
    const table = document.querySelector('.grid table');
    expect(text(table?.querySelectorAll('thead th')[2] ?? null)).toBe('perturbation ×10');
    const [original, adversarial, perturbation] = [...(table?.querySelectorAll('img') ?? [])].map((image) => {
      const base64 = image.getAttribute('src')?.replace('data:image/png;base64,', '') ?? '';
      return [...decode(Buffer.from(base64, 'base64')).data.slice(0, 2)];
    });
    expect(original).toEqual([128, 128]);
    expect(adversarial).toEqual([Math.round(255 * 0.54), Math.round(255 * 0.46)]);
    expect(perturbation).toEqual([Math.round(255 * 0.9), Math.round(255 * 0.1)]);
    expect(document.querySelectorAll('img').length).toBe(2 * 2 * 3);
    const labels = [...(table?.querySelectorAll('tbody tr') ?? [])].map((row) =>
      [...row.children].slice(3).map(text),
    );
    expect(labels).toEqual([
      ['cat', 'dog'],
      ['frog', 'horse'],
    ]);
  });

  it('claims only what the intervals allow', () => {
    const lead = (report?: ReportContent) => text(documentOf(page(report)).querySelector('.lead'));
    expect(lead()).toContain('and are real');
    const { definitions, sources } = simpleExperiment([0]);
    const [first] = definitions;
    if (first?.kind !== 'accuracy') throw new Error('the first figure is of accuracy');
    const weak = first.rows[1]?.evaluations[0] ?? -1;
    sources[weak] = { digest: 'weak', result: evaluation({ correct: 1_010 }) };
    expect(lead(reportOf(definitions, sources))).toContain(
      "for Ddet, this run's interval does not lie above chance",
    );
    expect(lead(reportOf(definitions, sources))).not.toContain('are real');
  });

  it('says that it is scaled down, unless it is not', () => {
    expect(page()).toContain('scaled down from the paper');
    expect(page(smokeReport({ profile: 'paper' }))).not.toContain('scaled down');
  });

  it('stands without figures, pictures and a study of the paper', () => {
    const bare = renderHtml(smokeReport({ study: 'mnist robustness', profile: null, figures: [] }), {
      grids: new Map(),
      galleries: new Map(),
    });
    expect(text(documentOf(bare).querySelector('h1'))).toBe('mnist robustness');
    expect(text(documentOf(bare).querySelector('.lead'))).toBe('Nothing has been measured yet.');
  });

  it('escapes whatever people named', () => {
    const evil = '<script>alert("1")</script>';
    const { definitions, sources } = simpleExperiment([0]);
    const named = definitions.map((definition) => ({
      ...definition,
      title: evil,
      rows: definition.rows.map((row) => ({
        ...row,
        ...('trainedOn' in row ? { trainedOn: evil, evaluatedOn: evil } : { name: evil }),
        point: evil,
      })),
    })) as typeof definitions;
    const source = page(reportOf(named, sources, { study: evil, profile: evil }));
    expect(source).not.toMatch(/<script/i);
    expect(text(documentOf(source).querySelector('tbody th'))).toBe(evil);
  });
});
