import type { NativeLibrary } from './c-api.js';
import type { Pointer } from './c-prototypes.js';
import { DataTypeNumber } from './data-types.js';
import { int64s } from './op-attributes.js';

/** sizeof(TF_TString); all zero bytes are the empty string. */
const STRING_BYTES = 24;

/** A host tensor of byte strings; free its strings with `releaseStrings` before the tensor. */
export function allocateStrings(
  { tf, copyIn }: NativeLibrary,
  shape: readonly number[],
  strings: readonly Uint8Array[],
): Pointer {
  const byteLength = strings.length * STRING_BYTES;
  const tensor = tf.TF_AllocateTensor(DataTypeNumber.string, int64s(shape), shape.length, byteLength);
  const data = tf.TF_TensorData(tensor);
  if (byteLength > 0) copyIn(data, new Uint8Array(byteLength), byteLength);
  for (const [i, string] of strings.entries()) {
    tf.TF_StringCopy(data + i * STRING_BYTES, string, string.length);
  }
  return tensor;
}

export function readStrings({ tf, copyOut }: NativeLibrary, tensor: Pointer): Uint8Array[] {
  return addresses({ tf }, tensor).map((address) => {
    const bytes = new Uint8Array(tf.TF_StringGetSize(address));
    if (bytes.length > 0) copyOut(bytes, tf.TF_StringGetDataPointer(address), bytes.length);
    return bytes;
  });
}

export function releaseStrings({ tf }: NativeLibrary, tensor: Pointer): void {
  for (const address of addresses({ tf }, tensor)) tf.TF_StringDealloc(address);
}

function addresses({ tf }: Pick<NativeLibrary, 'tf'>, tensor: Pointer): Pointer[] {
  const data = tf.TF_TensorData(tensor);
  const count = tf.TF_TensorByteSize(tensor) / STRING_BYTES;
  return Array.from({ length: count }, (_, i) => data + i * STRING_BYTES);
}
