import type { NativeLibrary } from './c-api.js';

/**
 * For an operation with list-valued inputs (Pack, ConcatV2, AddN, Einsum…), one entry an input argument: the
 * attribute that holds the list's length, or null for a single tensor. Undefined when no input is a list.
 * tfjs gives inputs flat; a graph needs to know where a list begins.
 */
export type ListInputs = ReadonlyArray<string | null>;

let registry: Map<string, ListInputs> | undefined;

export function listInputsOf(native: NativeLibrary, opName: string): ListInputs | undefined {
  registry ??= readRegistry(native);
  return registry.get(opName);
}

// Field numbers of tensorflow/core/framework/op_def.proto.
const OP_LIST = { op: 1 };
const OP_DEF = { name: 1, inputArg: 2 };
const ARG_DEF = { numberAttr: 5, typeListAttr: 6 };

function readRegistry(native: NativeLibrary): Map<string, ListInputs> {
  const found = new Map<string, ListInputs>();
  for (const [field, op] of protoFields(allOps(native))) {
    if (field !== OP_LIST.op || typeof op === 'number') continue;
    let name = '';
    const inputs: (string | null)[] = [];
    for (const [key, value] of protoFields(op)) {
      if (typeof value === 'number') continue;
      if (key === OP_DEF.name) name = text(value);
      else if (key === OP_DEF.inputArg) inputs.push(listAttribute(value));
    }
    if (inputs.some((list) => list !== null)) found.set(name, inputs);
  }
  return found;
}

/** TensorFlow's own list of operations, as a serialised OpList. */
function allOps({ tf, copyOut }: NativeLibrary): Uint8Array {
  const buffer = tf.TF_GetAllOpList();
  const header = new BigInt64Array(2); // struct TF_Buffer { const void* data; size_t length; … }
  copyOut(header, buffer, 16);
  const bytes = new Uint8Array(Number(header[1]));
  copyOut(bytes, Number(header[0]), bytes.length);
  tf.TF_DeleteBuffer(buffer);
  return bytes;
}

function listAttribute(argDef: Uint8Array): string | null {
  for (const [field, value] of protoFields(argDef)) {
    if (typeof value !== 'number' && (field === ARG_DEF.numberAttr || field === ARG_DEF.typeListAttr)) {
      if (value.length > 0) return text(value);
    }
  }
  return null;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** The fields of a protobuf message: number and value, an integer or bytes; fixed-width fields are skipped. */
function* protoFields(bytes: Uint8Array): Generator<[field: number, value: number | Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const wireType = key & 7;
    if (wireType === 0) yield [key >>> 3, varint()];
    else if (wireType === 2) {
      const length = varint();
      yield [key >>> 3, bytes.subarray(at, at + length)];
      at += length;
    } else at += wireType === 5 ? 4 : 8;
  }
}
