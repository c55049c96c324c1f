import { describe, expect, it } from 'vitest';
import { renderTable } from './render-table.js';
import { reportOf, simpleExperiment, smokeReport } from './report-fixture.js';

describe('renderTable', () => {
  it('aligns figures, chance and the paper', () => {
    expect(renderTable(smokeReport()).split('\n').slice(0, 12)).toEqual([
      'What is learned from adversarial examples alone',
      'simple-experiment · smoke · seed 0',
      '',
      'Accuracy on unaltered images, and under attack',
      '──────────────────────────────────────────────',
      '',
      'trained on   evaluated on   attack                          accuracy   95 % interval        n    seeds    paper',
      'D            D              none                              80.0 %   79.0 – 81.0 %   10\u202f000   seed 0   95.3 %',
      'D            D              L2, ε = 0.25, 20 steps of 0.1     12.0 %    9.8 – 14.2 %    2\u202f000   seed 0    4.5 %',
      'D            D              L2, ε = 0.5, 20 steps of 0.1       3.8 %     1.6 – 6.0 %    2\u202f000   seed 0        –',
      'D_det        D              none                              25.0 %   24.0 – 26.0 %   10\u202f000   seed 0   43.7 %',
      'D_rand       D              none                              50.0 %   49.0 – 51.0 %   10\u202f000   seed 0   63.3 %',
    ]);
  });

  it('says over how many seeds, what made the sets, and that the run is scaled down', () => {
    const { definitions, sources } = simpleExperiment([0, 1, 2]);
    const text = renderTable(reportOf(definitions, sources));
    expect(text).toContain('simple-experiment · smoke · seeds 0, 1, 2');
    expect(text).toMatch(/^D_det +D +none .* 3 seeds +43\.7 %$/m);
    expect(text).toContain('PGD: L2, ε = 0.5, 20 steps of 0.1, targets: random   target reached in 85.3 %');
    expect(text).toContain('scaled down from the paper');
  });

  it('breaks sentences between words', () => {
    const note = (width: number) => renderTable(smokeReport(), width).split('\n\n').at(-1) as string;
    const lines = note(60).split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.join(' ')).toBe(note(10_000));
  });

  it('ends quietly where there is nothing to show', () => {
    expect(renderTable(smokeReport({ profile: null, figures: [] }))).toBe(
      'What is learned from adversarial examples alone\nsimple-experiment\n\nNo results yet.',
    );
  });
});
