import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultKinds, leftOut, scheduleOf, workers } from './schedule.js';

const seeds = fc.integer({ min: 0, max: 1_000_000 });

describe('the schedule of a seed', () => {
  it('is the same every time, in order of time, each fault at most once', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const shots = scheduleOf(seed);
        expect(scheduleOf(seed)).toEqual(shots);
        const times = shots.map(({ doneFraction }) => doneFraction);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(new Set(shots.map(({ fault }) => fault)).size).toBe(shots.length);
        for (const { doneFraction, worker } of shots) {
          expect(doneFraction).toBeGreaterThan(0);
          expect(doneFraction).toBeLessThan(1);
          expect(worker).toBeGreaterThanOrEqual(0);
          expect(worker).toBeLessThan(workers);
        }
      }),
    );
  });

  it('has every kind of fault within as many seeds in a row as there are kinds', () => {
    fc.assert(
      fc.property(seeds, (from) => {
        const seen = Array.from({ length: faultKinds.length }, (_, i) => scheduleOf(from + i)).flat();
        expect(new Set(seen.map(({ fault }) => fault)).size).toBe(faultKinds.length);
      }),
    );
  });

  it('has none of the kinds that are left out', () => {
    expect(leftOut({})).toEqual([]);
    expect(leftOut({ disk: false })).toEqual(['full-disk']);
    expect(leftOut({ s3: false, disk: false })).toHaveLength(5);
    fc.assert(
      fc.property(seeds, (seed) => {
        const kinds = scheduleOf(seed, { s3: false, disk: false }).map(({ fault }) => fault);
        for (const kind of leftOut({ s3: false, disk: false })) expect(kinds).not.toContain(kind);
      }),
    );
  });

  it('differs from seed to seed', () => {
    const all = new Set(Array.from({ length: 100 }, (_, seed) => JSON.stringify(scheduleOf(seed))));
    expect(all.size).toBe(100);
  });
});
