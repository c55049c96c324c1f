import { describe, expect, it } from 'vitest';
import { renderTable } from './render-table.js';
import { smokeReport } from './report-fixture.js';

describe('renderTable', () => {
  it('aligns figures, chance and the paper', () => {
    expect(renderTable(smokeReport).split('\n').slice(0, 7)).toEqual([
      'simple-experiment · smoke · seed 0',
      '',
      'trained on   evaluated on       n   accuracy   95 % interval    paper',
      'D            D              10000     80.0 %   79.2 – 80.8 %   95.3 %',
      'D_det        D              10000     25.0 %   24.2 – 25.9 %   43.7 %',
      'D_rand       D              10000     50.0 %   49.0 – 51.0 %   63.3 %',
      'chance                                10.0 %',
    ]);
  });

  it('states robust accuracy and the attacks with their threat model', () => {
    const text = renderTable(smokeReport);
    expect(text).toContain(
      'robust accuracy of the model trained on D: 3.8 % of 500 (L2, epsilon 0.5, 12 steps)',
    );
    expect(text).toContain(
      'attack for D_det: L2, epsilon 0.5, 12 steps; reached its target in 85.3 % of 10000; largest perturbation 0.5',
    );
    expect(text).toContain('scaled down from the paper');
  });

  it('ends after the table where there is nothing more to say', () => {
    const rows = smokeReport.rows.slice(0, 1).map((row) => ({ ...row, robust: null, paper: null }));
    const lines = renderTable({ ...smokeReport, profile: null, rows, attacks: [] }).split('\n');
    expect(lines[0]).toBe('simple-experiment · seed 0');
    expect(lines.at(-1)).toMatch(/^chance +10\.0 %$/);
  });
});
