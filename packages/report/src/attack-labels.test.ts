import { expect, it } from 'vitest';
import { attack } from './report-fixture.js';
import { attackLabels, threatName } from './wording.js';

const labels = (...attacks: Partial<typeof attack>[]) => {
  const all = attacks.map((each) => ({ ...attack, norm: 'linf' as const, epsilon: 20 / 255, ...each }));
  return all.map(attackLabels(all));
};

it('attacks that differ in one setting have labels that say it, and others the ball only', () => {
  expect(labels({ targets: 'none' }, { targets: 'next' }, { targets: 'random' })).toEqual([
    ...['L∞ ε = 20/255 · untargeted', 'L∞ ε = 20/255 · target next', 'L∞ ε = 20/255 · target random'],
  ]);
  expect(labels({}, { epsilon: 8 / 255 })).toEqual(['L∞ ε = 20/255', 'L∞ ε = 8/255']);
  for (const change of [
    { steps: 7 },
    { stepSize: 0.01 },
    { randomStart: true },
    { restarts: 3 },
    { gradientSamples: 4 },
    { bestIterate: true },
    { precision: 'bfloat16' as const },
  ]) {
    expect(new Set(labels({}, change)).size, JSON.stringify(change)).toBe(2);
    expect(threatName({ ...attack, ...change })).not.toBe(threatName(attack));
  }
});
