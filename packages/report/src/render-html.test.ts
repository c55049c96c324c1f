import { decode } from 'fast-png';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderHtml } from './render-html.js';
import type { ReportContent } from './report-content.js';
import { smallGrid, smokeReport } from './report-fixture.js';

const page = (report: ReportContent = smokeReport) =>
  renderHtml(report, [smallGrid('d_det'), smallGrid('d_rand')]);
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

  it('draws bars, chance and intervals to one scale from 0 to 100 %', () => {
    const chart = documentOf(page()).querySelector('figure [role="img"]');
    const numbers = (selector: string, attribute: string, pattern: RegExp) =>
      [...(chart?.querySelectorAll(selector) ?? [])].map((node) =>
        Number(pattern.exec(node.getAttribute(attribute) ?? '')?.[1]),
      );
    const gridLines = numbers('[aria-label="x-grid"] line', 'x1', /(.+)/);
    const [zero = 0, full = 0] = [gridLines[0], gridLines.at(-1)];
    const drawn = [
      ...numbers('[aria-label="bar"] path', 'd', /A3,3 0 0 1 ([\d.]+)/),
      ...numbers('[aria-label="rule"] line', 'x1', /(.+)/),
      ...numbers('[aria-label="dot"] path', 'transform', /translate\(([\d.]+)/),
    ].map((x) => (x - zero) / (full - zero));
    const expected = [0.8, 0.25, 0.5, 0.1, 0.792, 0.242, 0.49, 0.953, 0.437, 0.633];
    expect(drawn).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(drawn[i]).toBeCloseTo(value, 3);
  });

  it('says every figure in the table', () => {
    const rows = [...(documentOf(page()).querySelectorAll('table')[0]?.querySelectorAll('tbody tr') ?? [])];
    expect(rows.map((row) => [...row.children].map(text))).toEqual([
      ['D', 'D', '80.0 %', '79.2 – 80.8 %', '10 000', '95.3 %'],
      ['Ddet', 'D', '25.0 %', '24.2 – 25.9 %', '10 000', '43.7 %'],
      ['Drand', 'D', '50.0 %', '49.0 – 51.0 %', '10 000', '63.3 %'],
      ['chance', '', '10.0 %', '', '', ''],
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
    const [first, det, rand] = smokeReport.rows;
    if (!first || !det || !rand) throw new Error('the fixture has three rows');
    expect(text(documentOf(page()).querySelector('.lead'))).toContain('and are real');
    const weak = page({
      ...smokeReport,
      rows: [first, { ...det, cleanAccuracy: 0.103, ci95: [0.097, 0.109] }, rand],
    });
    const lead = text(documentOf(weak).querySelector('.lead'));
    expect(lead).toContain("for Ddet, this run's interval does not lie above chance");
    expect(lead).not.toContain('are real');
  });

  it('says that it is scaled down, unless it is not', () => {
    expect(page()).toContain('scaled down from the paper');
    expect(page({ ...smokeReport, profile: 'paper' })).not.toContain('scaled down');
  });

  it('stands without attacks, grids and figures of the paper', () => {
    const rows = smokeReport.rows.slice(0, 1).map((row) => ({ ...row, paper: null, robust: null }));
    const bare = renderHtml(
      { ...smokeReport, study: 'mnist robustness', profile: null, rows, attacks: [] },
      [],
    );
    expect(text(documentOf(bare).querySelector('h1'))).toBe('mnist robustness');
    expect(bare).not.toContain('the paper (ResNet-50)');
  });

  it('escapes whatever people named', () => {
    const evil = '<script>alert("1")</script>';
    const rows = smokeReport.rows.map((row) => ({ ...row, trainedOn: evil, evaluatedOn: evil }));
    const grids = [
      { ...smallGrid(evil), pairs: smallGrid('').pairs.map((pair) => ({ ...pair, newLabel: evil })) },
    ];
    const source = renderHtml(
      { ...smokeReport, study: evil, profile: evil, rows, artifacts: { [evil]: evil } },
      grids,
    );
    expect(source).not.toMatch(/<script/i);
    expect(text(documentOf(source).querySelector('tbody th'))).toBe(evil);
  });
});
