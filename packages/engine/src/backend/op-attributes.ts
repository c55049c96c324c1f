import { ToogitError } from '@toogit/core';
import type { NativeLibrary } from './c-api.js';
import type { Pointer } from './c-prototypes.js';
import { AttributeType, type OpAttribute } from './data-types.js';

/** Dimensions, and integers in general, as the C API takes them. */
export const int64s = (values: readonly number[]): BigInt64Array => BigInt64Array.from(values, BigInt);

/** `TFE_Op` sets an attribute of an eager operation, `TF_` one of a graph operation. */
type Target = 'TFE_Op' | 'TF_';

/** @throws ToogitError ENGINE_OP_FAILED for an attribute type that no kernel of tfjs uses. */
export function setAttribute(
  { tf, cString }: NativeLibrary,
  target: Target,
  op: Pointer,
  { name, type, value }: OpAttribute,
  status: Pointer,
): void {
  const key = cString(name);
  const list = Array.isArray(value) ? (value as number[]) : undefined;
  switch (type) {
    case AttributeType.type:
      if (list) tf[`${target}SetAttrTypeList`](op, key, Int32Array.from(list), list.length);
      else tf[`${target}SetAttrType`](op, key, Number(value));
      return;
    case AttributeType.int:
      if (list) tf[`${target}SetAttrIntList`](op, key, int64s(list), list.length);
      else tf[`${target}SetAttrInt`](op, key, Number(value));
      return;
    case AttributeType.float:
      tf[`${target}SetAttrFloat`](op, key, Number(value));
      return;
    case AttributeType.bool:
      tf[`${target}SetAttrBool`](op, key, value ? 1 : 0);
      return;
    case AttributeType.string: {
      const bytes = typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array);
      tf[`${target}SetAttrString`](op, key, bytes, bytes.length);
      return;
    }
    case AttributeType.shape: {
      const dims = int64s(list ?? []);
      if (target === 'TF_') tf.TF_SetAttrShape(op, key, dims, dims.length);
      else tf.TFE_OpSetAttrShape(op, key, dims, dims.length, status);
      return;
    }
    default:
      throw new ToogitError('ENGINE_OP_FAILED', `attribute ${name} has the unknown type ${type}`);
  }
}
