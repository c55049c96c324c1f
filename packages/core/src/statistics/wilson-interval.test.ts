import { describe, expect, it } from 'vitest';
import { wilsonInterval } from './wilson-interval.js';

describe('wilsonInterval', () => {
  it('equals published values', () => {
    // Newcombe 1998, table I, method 3
    const rounded = (successes: number, n: number) =>
      wilsonInterval(successes, n).map((x) => Number(x.toFixed(4)));
    expect(rounded(81, 263)).toEqual([0.2553, 0.3662]);
    expect(rounded(15, 148)).toEqual([0.0624, 0.1605]);
    expect(rounded(0, 20)).toEqual([0, 0.1611]);
    expect(rounded(1, 29)).toEqual([0.0061, 0.1718]);
  });

  it('stays within [0,1] and around the fraction', () => {
    for (const [successes, n] of [
      [0, 1],
      [1, 1],
      [0, 0],
      [500, 1000],
      [10_000, 10_000],
    ] as const) {
      const [low, high] = wilsonInterval(successes, n);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      if (n > 0) expect(low <= successes / n && successes / n <= high).toBe(true);
    }
  });
});
