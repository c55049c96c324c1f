import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alignColumns,
  formatAmount,
  formatBar,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatFlops,
  formatRate,
} from './format.js';

describe('formats', () => {
  it.each([
    [formatClock(75), '1:15'],
    [formatClock(3700), '1:01:40'],
    [formatDuration(0.83), '0.8 s'],
    [formatDuration(59.96), '1 min 00 s'],
    [formatDuration(3725), '1 h 02 min'],
    [formatBytes(0), '0 B'],
    [formatBytes(1536), '1.5 KiB'],
    [formatBytes(274e6), '261 MiB'],
    [formatCount(1234567), '1,234,567'],
    [formatCount(0.1234), '0.12'],
    [formatFlops(3.24e12), '3.2 TFLOP'],
    [formatRate(84, 'images'), '84 images/s'],
    [formatRate(12 * 1024 ** 2, 'bytes'), '12 MiB/s'],
    [formatAmount(1200, 5000, 'images'), '1,200/5,000 images'],
  ])('%s', (actual, expected) => expect(actual).toBe(expected));

  it('draws a bar of exactly its width', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 2, noNaN: true }),
        fc.integer({ min: 1, max: 80 }),
        (fraction, width) => {
          expect(formatBar(fraction, width)).toHaveLength(width);
        },
      ),
    );
    expect(formatBar(0.5, 4)).toBe('██░░');
  });

  it('aligns columns', () => {
    expect(
      alignColumns(
        [
          ['step', 'jobs'],
          ['a', '12'],
          ['long name', '3'],
        ],
        [1],
      ),
    ).toEqual(['step       jobs', 'a            12', 'long name     3']);
  });
});
