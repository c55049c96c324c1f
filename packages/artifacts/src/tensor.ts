import { ToogitError } from '@toogit/core';
import type { HostTensor, TensorData, TensorDtype } from './manifest.js';

const arrays = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

/** Bytes of one element. */
export const elementBytes = { float32: 4, int32: 4, uint8: 1 } as const satisfies Record<TensorDtype, number>;

/** Elements in a tensor of this shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A zeroed array for `count` elements. */
export function allocate(dtype: TensorDtype, count: number): TensorData {
  return new arrays[dtype](count);
}

/** The tensor's bytes in place, little-endian and row-major. */
export function tensorBytes(tensor: HostTensor): Uint8Array {
  return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
}

/** Bytes as elements: in place if they are aligned for the dtype, else a copy. */
export function viewBytes(dtype: TensorDtype, bytes: Uint8Array): TensorData {
  const aligned = bytes.byteOffset % elementBytes[dtype] === 0 ? bytes : Uint8Array.from(bytes);
  return new arrays[dtype](
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    aligned.byteLength / elementBytes[dtype],
  );
}

/** @throws ARTIFACT_INVALID if the data are not of the tensor's dtype or do not fill its shape. */
export function assertTensor(name: string, { dtype, shape, data }: HostTensor): void {
  if (!(data instanceof arrays[dtype]))
    throw new ToogitError(
      'ARTIFACT_INVALID',
      `tensor ${name} is ${dtype} but holds a ${data.constructor.name}`,
    );
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || data.length !== elementCount(shape))
    throw new ToogitError(
      'ARTIFACT_INVALID',
      `tensor ${name} has shape [${shape}] but ${data.length} elements`,
    );
}

/** @throws VALUE_NOT_FINITE if an element is infinite, or NaN unless that is allowed. */
export function assertFinite(part: string, tensors: Record<string, HostTensor>, nanAllowed: boolean): void {
  for (const [name, { dtype, data }] of Object.entries(tensors)) {
    if (dtype !== 'float32') continue;
    const at = (data as Float32Array).findIndex(
      (value) => !Number.isFinite(value) && !(nanAllowed && Number.isNaN(value)),
    );
    if (at < 0) continue;
    throw new ToogitError(
      'VALUE_NOT_FINITE',
      `Tensor ${name} of part ${part} holds ${data[at]} (element ${at} of ${data.length}): it is not stored.`,
    );
  }
}
