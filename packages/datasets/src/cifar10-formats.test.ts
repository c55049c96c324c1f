import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { decodeCifar10Labels, decodeCifar10Records, decodeCifar10Sheet } from './cifar10-formats.js';

describe('CIFAR-10 formats', () => {
  it('reads a record: its label, then one channel after the other', () => {
    const record = new Uint8Array(3073);
    record[0] = 7;
    record.fill(10, 1, 1025).fill(20, 1025, 2049).fill(30, 2049);
    record[1 + 33] = 11; // red of row 1, column 1
    const { images, labels } = decodeCifar10Records(record);
    expect([...labels]).toEqual([7]);
    expect([...images.subarray(0, 3)]).toEqual([10, 20, 30]);
    expect([...images.subarray(33 * 3, 34 * 3)]).toEqual([11, 20, 30]);
  });

  it('reads a sheet: one image a row', () => {
    const data = Uint8Array.from({ length: 2 * 3072 }, (_, i) => (i * 7) % 256);
    const png = encode({ width: 1024, height: 2, data, channels: 3, depth: 8 });
    expect(decodeCifar10Sheet(png)).toEqual(data);
  });

  it.each([
    ['a broken record', () => decodeCifar10Records(new Uint8Array(3072))],
    [
      'a sheet of another width',
      () =>
        decodeCifar10Sheet(encode({ width: 1, height: 1, data: new Uint8Array(3), channels: 3, depth: 8 })),
    ],
    ['a label that is no class', () => decodeCifar10Labels(new TextEncoder().encode('[1,10]'))],
  ])('refuses %s', (_, decode) => {
    expect(decode).toThrow(expect.objectContaining({ code: 'DATASET_DIGEST_MISMATCH' }));
  });
});
