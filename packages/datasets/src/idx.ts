import { ToogitError } from '@toogit/core';

/**
 * The IDX format of MNIST, for unsigned bytes: a big-endian header of two zeros, type 8, the number of dimensions and
 * their sizes, then the data (http://yann.lecun.com/exdb/mnist/).
 */
export function decodeIdx(bytes: Uint8Array): { shape: number[]; data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3] ?? 0;
  const dataStart = 4 + 4 * rank;
  if (bytes.length < dataStart || view.getUint16(0) !== 0 || bytes[2] !== 8)
    throw malformed('it has no IDX header for bytes');
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const data = bytes.subarray(dataStart);
  if (data.length !== shape.reduce((product, size) => product * size, 1))
    throw malformed(`shape [${shape}] does not fit ${data.length} bytes`);
  return { shape, data };
}

function malformed(reason: string): ToogitError {
  return new ToogitError('DATASET_DIGEST_MISMATCH', `this is not an IDX file as it was published: ${reason}`);
}
