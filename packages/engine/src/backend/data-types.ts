/** TensorFlow's numbers for the data types of tfjs (`TF_DataType` in tensorflow/c/tf_datatype.h). */
export const DataTypeNumber = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  resource: 20,
} as const;

/** How tfjs-node's kernels mark what an attribute holds. */
export const AttributeType = {
  string: 0,
  int: 1,
  float: 2,
  bool: 3,
  type: 4,
  shape: 5,
  resource: 9,
} as const;

/** An attribute of a TensorFlow operation, as tfjs-node's kernels write it (their `TFEOpAttr`). */
export interface OpAttribute {
  name: string;
  type: number;
  value: boolean | number | object | string | number[];
}

/** What the binding returns to tfjs of a tensor: `id` is the binding's, `dtype` one of `DataTypeNumber`. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  dtype: number;
}

export type TensorValues = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** The array that holds values of a data type on the JavaScript side; complex64 is pairs of floats. */
export function newValues(dtype: number, byteLength: number): TensorValues {
  switch (dtype) {
    case DataTypeNumber.float32:
    case DataTypeNumber.complex64:
      return new Float32Array(byteLength / 4);
    case DataTypeNumber.int32:
      return new Int32Array(byteLength / 4);
    case DataTypeNumber.int64:
      return new BigInt64Array(byteLength / 8);
    case DataTypeNumber.bool:
    case DataTypeNumber.uint8:
      return new Uint8Array(byteLength);
    default:
      throw new RangeError(`values of TensorFlow data type ${dtype} cannot be read`);
  }
}

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
