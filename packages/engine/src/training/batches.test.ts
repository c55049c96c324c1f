import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evenBatches } from './batches.js';

it('covers every example once, in batches that differ by one at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 70_000 }),
      fc.integer({ min: 1, max: 1_000 }),
      (examples, batchSize) => {
        const batches = evenBatches(examples, batchSize);
        const ranges = Array.from({ length: batches.count }, (_, batch) => batches.range(batch));
        const starts = ranges.map(([from]) => from);
        expect(starts).toEqual([0, ...ranges.slice(0, -1).map(([, to]) => to)]);
        const sizes = new Set(ranges.map(([from, to]) => to - from));
        expect([batches.largest - 1, batches.largest]).toEqual(expect.arrayContaining([...sizes]));
        expect(ranges.at(-1)?.[1]).toBe(examples);
        expect(batches.largest).toBeLessThanOrEqual(batchSize);
        expect(batches.count).toBe(Math.ceil(examples / batchSize));
      },
    ),
  );
});

it.each([
  [255, 128, [127, 128]],
  [129, 128, [64, 65]],
  [58, 100, [58]],
  [128, 64, [64, 64]],
])('%d examples, at most %d a step', (examples, batchSize, sizes) => {
  const batches = evenBatches(examples, batchSize);
  const found = Array.from({ length: batches.count }, (_, batch) => batches.range(batch));
  expect(found.map(([from, to]) => to - from)).toEqual(sizes);
});
