import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyOf } from '../report-fixture.js';
import { type Pair, pearson, ranks, spearman } from './correlation.js';
import { meanOverSeeds } from './mean-over-seeds.js';
import { studentTQuantile, studentTWithin } from './student-t.js';

describe('Student’s t', () => {
  // Tables of the two-sided 95 % and 99 % points.
  it.each([
    [0.95, 1, 12.7062],
    [0.95, 2, 4.30265],
    [0.95, 3, 3.18245],
    [0.95, 4, 2.77645],
    [0.95, 9, 2.26216],
    [0.95, 30, 2.04227],
    [0.99, 1, 63.6567],
    [0.99, 5, 4.03214],
    [0.99, 120, 2.61742],
  ])('stays within the point of %f, %i degrees of freedom: %f', (probability, degrees, expected) => {
    expect(studentTQuantile(probability, degrees)).toBeCloseTo(
      expected,
      4 - Math.floor(Math.log10(expected)),
    );
  });

  it('inverts its distribution', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (p, n) => {
          expect(studentTWithin(studentTQuantile(p, n), n)).toBeCloseTo(p, 9);
        },
      ),
    );
  });
});

describe('meanOverSeeds', () => {
  it('is the mean and Student’s interval over seeds', () => {
    const mean = meanOverSeeds(
      [80, 84, 82].map((correct, seed) => ({ seed, accuracy: accuracyOf(correct, 100) })),
    );
    const half = (4.302653 * 0.02) / Math.sqrt(3);
    expect(mean).toMatchObject({ seeds: [0, 1, 2], n: 100, interval: 'student-t-over-seeds' });
    expect(mean.mean).toBeCloseTo(0.82, 12);
    expect(mean.ci95[0]).toBeCloseTo(0.82 - half, 6);
    expect(mean.ci95[1]).toBeCloseTo(0.82 + half, 6);
  });

  it('has an interval of fractions, however far the seeds lie apart', () => {
    const { ci95 } = meanOverSeeds(
      [100, 97, 100].map((correct, seed) => ({ seed, accuracy: accuracyOf(correct, 100) })),
    );
    expect(ci95[1]).toBe(1);
    const measurements = fc.array(
      fc.record({ seed: fc.nat(50), accuracy: fc.nat(20).map((correct) => accuracyOf(correct, 20)) }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(measurements, (list) => {
        const { mean, ci95 } = meanOverSeeds(list);
        expect(ci95[0]).toBeGreaterThanOrEqual(0);
        expect(ci95[1]).toBeLessThanOrEqual(1);
        expect(ci95[0] <= mean && mean <= ci95[1]).toBe(true);
      }),
    );
  });

  it('keeps the interval over the examples where there is one seed', () => {
    const accuracy = accuracyOf(82, 100);
    expect(meanOverSeeds([{ seed: 7, accuracy }])).toEqual({
      ...{ seeds: [7], n: 100, mean: 0.82, ci95: accuracy.ci95, interval: 'wilson-over-examples' },
    });
  });

  it('does not depend on the order', () => {
    const measurements = fc.uniqueArray(
      fc.record({ seed: fc.nat(50), accuracy: fc.nat(500).map((correct) => accuracyOf(correct, 500)) }),
      { minLength: 1, maxLength: 8, selector: ({ seed }) => seed },
    );
    fc.assert(
      fc.property(measurements, (list) => {
        expect(meanOverSeeds(list.toReversed())).toEqual(meanOverSeeds(list));
      }),
    );
  });
});

describe('correlations', () => {
  // Anscombe's first set.
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  const pairs = x.map((value, i): Pair => [value, y[i] ?? 0]);

  it('of a known set', () => {
    expect(pearson(pairs)?.coefficient).toBeCloseTo(0.81642, 5);
    expect(spearman(pairs)?.coefficient).toBeCloseTo(0.81818, 5);
  });

  it('share the ranks of ties', () => {
    expect(ranks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
    expect(
      spearman([
        [1, 1],
        [2, 3],
        [2, 2],
        [3, 4],
      ])?.coefficient,
    ).toBeCloseTo(0.9487, 4);
  });

  it('have intervals that hold the coefficient, the same whatever the order', () => {
    const interval = pearson(pairs)?.ci95 ?? [0, 0];
    expect(interval[0]).toBeGreaterThan(0.4);
    expect(interval[0]).toBeLessThan(0.81642);
    expect(interval[1]).toBeGreaterThan(0.81642);
    expect(pearson(pairs)?.resamples).toBe(10_000);
    expect(pearson(pairs.toReversed())).toEqual(pearson(pairs));
    expect(spearman(pairs.toReversed())).toEqual(spearman(pairs));
  });

  it('cover the truth about as often as they say', () => {
    // 60 samples of 30 pairs with correlation 0.6, by a fixed sequence of normal deviates.
    const deviates = normals(2 * 30 * 60);
    const covered = Array.from({ length: 60 }, (_, s) => {
      const sample = Array.from({ length: 30 }, (_, i): Pair => {
        const [u, v] = [deviates[2 * (30 * s + i)] ?? 0, deviates[2 * (30 * s + i) + 1] ?? 0];
        return [u, 0.6 * u + 0.8 * v];
      });
      const [low, high] = pearson(sample)?.ci95 ?? [1, 1];
      return low <= 0.6 && 0.6 <= high;
    }).filter(Boolean).length;
    expect(covered).toBeGreaterThanOrEqual(50);
  });

  it('are null where nothing can be said', () => {
    expect(pearson(pairs.slice(0, 2))).toBeNull();
    expect(
      pearson([
        [1, 1],
        [1, 2],
        [1, 3],
      ]),
    ).toBeNull();
    expect(
      spearman([
        [1, 5],
        [2, 5],
        [3, 5],
      ]),
    ).toBeNull();
  });
});

/** Standard normal deviates from van der Corput sequences (Box and Muller 1958). */
function normals(count: number): number[] {
  const corput = (index: number, base: number) => {
    let [value, denominator] = [0, 1];
    for (let n = index; n > 0; n = Math.floor(n / base)) {
      denominator *= base;
      value += (n % base) / denominator;
    }
    return value;
  };
  return Array.from({ length: count }, (_, i) => {
    // Far apart in the sequence, so that neighbours are not alike.
    const index = 1 + ((i * 7919) % 100_003);
    return Math.sqrt(-2 * Math.log(corput(index, 2))) * Math.cos(2 * Math.PI * corput(index, 3));
  });
}
