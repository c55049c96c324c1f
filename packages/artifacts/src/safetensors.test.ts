import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostTensor } from './manifest.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

const tensor: fc.Arbitrary<HostTensor> = shape.chain((shape) => {
  const length = shape.reduce((a, b) => a * b, 1);
  const size = { minLength: length, maxLength: length };
  return fc.oneof(
    fc.float32Array(size).map((data) => ({ dtype: 'float32' as const, shape, data })),
    fc.int32Array(size).map((data) => ({ dtype: 'int32' as const, shape, data })),
    fc.uint8Array(size).map((data) => ({ dtype: 'uint8' as const, shape, data })),
  );
});

const tensors = fc
  .uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), tensor), {
    selector: ([name]) => name,
    maxLength: 5,
  })
  .map((entries) => Object.fromEntries(entries.filter(([name]) => name !== '__metadata__')));

/** A file with this header and so many bytes of data. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

const u8 = (start: number, end: number) => ({
  dtype: 'U8',
  shape: [end - start],
  data_offsets: [start, end],
});

describe('safetensors', () => {
  it('gives back every tensor, from aligned and unaligned bytes', () => {
    fc.assert(
      fc.property(tensors, fc.integer({ min: 0, max: 7 }), (tensors, shift) => {
        const bytes = encodeSafetensors(tensors);
        const moved = new Uint8Array(bytes.length + shift);
        moved.set(bytes, shift);
        expect(decodeSafetensors(moved.subarray(shift))).toEqual(tensors);
      }),
    );
  });

  it('gives equal tensors equal bytes, whatever the order of their names', () => {
    fc.assert(
      fc.property(tensors, (tensors) => {
        const reversed = Object.fromEntries(Object.entries(tensors).reverse());
        expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors(tensors));
      }),
    );
  });

  it('writes the bytes that the format describes', () => {
    const bytes = encodeSafetensors({
      b: { dtype: 'uint8', shape: [3], data: Uint8Array.of(7, 8, 9) },
      a: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, -2) },
      c: { dtype: 'int32', shape: [], data: Int32Array.of(-1) },
    });
    const headerBytes = Number(Buffer.from(bytes).readBigUInt64LE());
    expect(headerBytes % 8).toBe(0);
    expect(
      Buffer.from(bytes)
        .toString('utf8', 8, 8 + headerBytes)
        .trimEnd(),
    ).toBe(
      '{"a":{"data_offsets":[0,8],"dtype":"F32","shape":[1,2]},' +
        '"b":{"data_offsets":[12,15],"dtype":"U8","shape":[3]},' +
        '"c":{"data_offsets":[8,12],"dtype":"I32","shape":[]}}',
    );
    expect([...bytes.subarray(8 + headerBytes)]).toEqual([
      0, 0, 128, 63, 0, 0, 0, 192, 255, 255, 255, 255, 7, 8, 9,
    ]);
  });

  it('views an aligned file without copying it', () => {
    const bytes = encodeSafetensors({ x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } });
    expect(decodeSafetensors(bytes).x?.data.buffer).toBe(bytes.buffer);
  });

  it('reads files with metadata and ignores it', () => {
    expect(decodeSafetensors(file({ __metadata__: { format: 'pt' }, x: u8(0, 2) }, 2))).toEqual({
      x: { dtype: 'uint8', shape: [2], data: new Uint8Array(2) },
    });
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a header longer than the file', file({}, 0).fill(255, 0, 1)],
    ['a header of 2^63 bytes', file({}, 0).fill(128, 7, 8)],
    ['a header that is not JSON', file('{"x":', 0)],
    ['a header that is not UTF-8', file({ x: 1 }, 0).fill(0xff, 10, 11)],
    ['a header that is an array', file([], 0)],
    ['an unknown key', file({ x: { ...u8(0, 1), strides: [1] } }, 1)],
    ['an unknown dtype', file({ x: { ...u8(0, 1), dtype: 'F16' } }, 1)],
    ['a negative size', file({ x: { ...u8(0, 1), shape: [-1] } }, 1)],
    ['a range that does not fit the shape', file({ x: { ...u8(0, 1), shape: [2] } }, 1)],
    ['a range past the end', file({ x: u8(0, 2) }, 1)],
    ['a range that runs backwards', file({ x: { ...u8(0, 0), data_offsets: [1, 0] } }, 1)],
    ['overlapping ranges', file({ x: u8(0, 2), y: u8(1, 3) }, 3)],
    ['a gap between ranges', file({ x: u8(0, 1), y: u8(2, 3) }, 3)],
    ['data that belong to no tensor', file({ x: u8(0, 1) }, 2)],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'ARTIFACT_INVALID' }));
  });

  it.each([
    ['data of another dtype', { dtype: 'float32', shape: [1], data: Int32Array.of(1) }],
    ['a shape that the data do not fill', { dtype: 'uint8', shape: [2, 2], data: new Uint8Array(3) }],
    ['a fractional shape', { dtype: 'uint8', shape: [0.5, 2], data: new Uint8Array(1) }],
  ] as [string, HostTensor][])('refuses to write %s', (_, tensor) => {
    expect(() => encodeSafetensors({ tensor })).toThrow(
      expect.objectContaining({ code: 'ARTIFACT_INVALID' }),
    );
  });
});
