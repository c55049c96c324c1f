import { describe, expect, it } from 'vitest';
import { decodeIdx } from './idx.js';

const header = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3];

describe('IDX', () => {
  it('is a big-endian shape and bytes', () => {
    const { shape, data } = decodeIdx(Uint8Array.from([...header, 1, 2, 3, 4, 5, 6]));
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ['nothing', []],
    ['floats', [0, 0, 13, 1, 0, 0, 0, 0]],
    ['a header cut short', header.slice(0, 9)],
    ['too few bytes', [...header, 1, 2, 3]],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeIdx(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'DATASET_DIGEST_MISMATCH' }),
    );
  });
});
