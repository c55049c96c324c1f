import { beforeAll, describe, expect, it } from 'vitest';
import { loadNativeLibrary, type NativeLibrary } from './c-api.js';
import { type GraphOutput, type Pointer, prototypes, type TensorFlowApi } from './c-prototypes.js';
import { encodeConfigProto } from './config-proto.js';
import { AttributeType, DataTypeNumber, type OpAttribute } from './data-types.js';
import { int64s, setAttribute } from './op-attributes.js';
import { listInputsOf } from './op-registry.js';
import { installTensorFlow } from './provision/install-tensorflow.js';
import { allocateStrings, readStrings, releaseStrings } from './string-tensors.js';

const { float32, int32, string } = DataTypeNumber;
const called = new Set<string>();
let native: NativeLibrary;
let tf: TensorFlowApi;
let status: Pointer;
let context: Pointer;

/** The library, noting which of its functions have been called. */
function noting(library: NativeLibrary): NativeLibrary {
  const proxy = new Proxy(library.tf, {
    get(target, name: keyof TensorFlowApi) {
      called.add(name);
      return target[name];
    },
  });
  return { ...library, tf: proxy };
}

const ok = () => {
  if (tf.TF_GetCode(status) !== 0) throw new Error(tf.TF_Message(status));
};

function tensor(shape: number[], values: Float32Array | Int32Array): Pointer {
  const dtype = values instanceof Float32Array ? float32 : int32;
  const result = tf.TF_AllocateTensor(dtype, int64s(shape), shape.length, values.byteLength);
  native.copyIn(tf.TF_TensorData(result), values, values.byteLength);
  return result;
}

const floats = (shape: number[], ...values: number[]) => handle(tensor(shape, Float32Array.from(values)));
const ints = (shape: number[], ...values: number[]) => handle(tensor(shape, Int32Array.from(values)));

function handle(from: Pointer): Pointer {
  const result = tf.TFE_NewTensorHandle(from, status);
  ok();
  tf.TF_DeleteTensor(from);
  return result;
}

function valuesOf(of: Pointer): number[] {
  const resolved = tf.TFE_TensorHandleResolve(of, status);
  ok();
  const bytes = tf.TF_TensorByteSize(resolved);
  const values =
    tf.TFE_TensorHandleDataType(of) === float32 ? new Float32Array(bytes / 4) : new Int32Array(bytes / 4);
  if (bytes > 0) native.copyOut(values, tf.TF_TensorData(resolved), bytes);
  tf.TF_DeleteTensor(resolved);
  return [...values];
}

function shapeOf(of: Pointer): number[] {
  const rank = tf.TFE_TensorHandleNumDims(of, status);
  return Array.from({ length: rank }, (_, i) => tf.TFE_TensorHandleDim(of, i, status));
}

function eager(name: string, attributes: OpAttribute[], ...inputs: Pointer[]): Pointer {
  const op = tf.TFE_NewOp(context, native.cString(name), status);
  ok();
  for (const input of inputs) tf.TFE_OpAddInput(op, input, status);
  for (const attribute of attributes) setAttribute(native, 'TFE_Op', op, attribute, status);
  const result = new BigInt64Array(1);
  const count = Int32Array.of(1);
  tf.TFE_Execute(op, result, count, status);
  tf.TFE_DeleteOp(op);
  ok();
  expect(count[0]).toBe(1);
  return Number(result[0]);
}

let functions = 0;

/** The same operation as the body of a function. */
function inGraph(name: string, attributes: OpAttribute[], ...inputs: Pointer[]): Pointer {
  const graph = tf.TF_NewGraph();
  const placeholders = inputs.map((input, i) =>
    placeholder(graph, i, tf.TFE_TensorHandleDataType(input), shapeOf(input)),
  );
  const description = tf.TF_NewOperation(graph, native.cString(name), 'body');
  for (const input of placeholders) tf.TF_AddInput(description, input);
  return callAsFunction(graph, description, attributes, placeholders, inputs);
}

function placeholder(graph: Pointer, i: number, dtype: number, shape: number[]): GraphOutput {
  const description = tf.TF_NewOperation(graph, native.cString('Placeholder'), `input_${i}`);
  tf.TF_SetAttrType(description, native.cString('dtype'), dtype);
  tf.TF_SetAttrShape(description, native.cString('shape'), int64s(shape), shape.length);
  const output = { oper: tf.TF_FinishOperation(description, status), index: 0 };
  ok();
  return output;
}

function callAsFunction(
  graph: Pointer,
  description: Pointer,
  attributes: OpAttribute[],
  placeholders: GraphOutput[],
  inputs: Pointer[],
): Pointer {
  for (const attribute of attributes) setAttribute(native, 'TF_', description, attribute, status);
  const body = { oper: tf.TF_FinishOperation(description, status), index: 0 };
  ok();
  const name = `test_function_${functions++}`;
  const { length } = placeholders;
  const fn = tf.TF_GraphToFunction(
    graph,
    name,
    0,
    -1,
    null,
    length,
    placeholders,
    1,
    [body],
    null,
    0,
    null,
    status,
  );
  ok();
  tf.TFE_ContextAddFunction(context, fn, status);
  ok();
  tf.TF_DeleteFunction(fn);
  tf.TF_DeleteGraph(graph);
  const result = eager(name, [], ...inputs);
  tf.TFE_ContextRemoveFunction(context, name, status);
  ok();
  return result;
}

const type = (name: string, value: number | number[]): OpAttribute => ({
  name,
  type: AttributeType.type,
  value,
});
const T = type('T', float32);

beforeAll(async () => {
  const { directory } = await installTensorFlow();
  native = noting(loadNativeLibrary(directory));
  tf = native.tf;
  status = tf.TF_NewStatus();
  const options = tf.TFE_NewContextOptions();
  const config = encodeConfigProto({ threads: 1, hideGpu: true });
  tf.TFE_ContextOptionsSetConfig(options, config, config.length, status);
  ok();
  context = tf.TFE_NewContext(options, status);
  tf.TFE_DeleteContextOptions(options);
  ok();
}, 600_000);

describe('the C API, declaration by declaration', () => {
  it('tells its version', () => {
    expect(tf.TF_Version()).toBe('2.21.0');
  });

  it('reports errors through a status', () => {
    const own = tf.TF_NewStatus();
    expect(tf.TF_GetCode(own)).toBe(0);
    tf.TFE_NewOp(context, native.cString('NoSuchOperation'), own);
    expect(tf.TF_GetCode(own)).not.toBe(0);
    expect(tf.TF_Message(own)).toContain('NoSuchOperation');
    tf.TF_DeleteStatus(own);
  });

  it('lists the one CPU', () => {
    const list = tf.TFE_ContextListDevices(context, status);
    ok();
    expect(tf.TF_DeviceListCount(list)).toBe(1);
    expect(tf.TF_DeviceListType(list, 0, status)).toBe('CPU');
    expect(tf.TF_DeviceListName(list, 0, status)).toMatch(/CPU:0$/);
    tf.TF_DeleteDeviceList(list);
  });

  it('holds tensors and their handles', () => {
    const original = floats([2, 3], 1, 2, 3, 4, 5, 6);
    const shared = tf.TFE_TensorHandleCopySharingTensor(original, status);
    tf.TFE_DeleteTensorHandle(original);
    const copied = tf.TFE_TensorHandleCopyToDevice(
      shared,
      context,
      '/job:localhost/replica:0/task:0/device:CPU:0',
      status,
    );
    ok();
    expect(tf.TFE_TensorHandleDataType(copied)).toBe(float32);
    expect(shapeOf(copied)).toEqual([2, 3]);
    expect(valuesOf(copied)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('holds strings, short ones inline and long ones elsewhere', () => {
    const strings = ['', 'short', 'long '.repeat(50)].map((text) => new Uint8Array(Buffer.from(text)));
    const made = allocateStrings(native, [3], strings);
    expect(readStrings(native, made)).toEqual(strings);
    releaseStrings(native, made);
    tf.TF_DeleteTensor(made);
    for (const name of ['TF_StringCopy', 'TF_StringDealloc', 'TF_StringGetSize', 'TF_StringGetDataPointer']) {
      expect(called).toContain(name);
    }
    expect(string).toBe(7);
  });

  // eager operations and graph operations take the same attributes through different functions
  describe.each([
    ['eagerly', eager],
    ['in a graph', inGraph],
  ])('%s, sets an attribute', (_, run) => {
    it('that is a type', () => {
      expect(valuesOf(run('AddV2', [T], floats([2], 1, 2), floats([2], 10, 20)))).toEqual([11, 22]);
    });

    it('that is a float', () => {
      const alpha: OpAttribute = { name: 'alpha', type: AttributeType.float, value: 0.25 };
      expect(valuesOf(run('LeakyRelu', [T, alpha], floats([2], -4, 4)))).toEqual([-1, 4]);
    });

    it('that is a bool', () => {
      const attributes = [{ name: 'transpose_b', type: AttributeType.bool, value: true }, T];
      expect(valuesOf(run('MatMul', attributes, floats([1, 2], 1, 2), floats([2, 2], 1, 2, 3, 4)))).toEqual([
        5, 11,
      ]);
    });

    it('that is an integer', () => {
      const axis: OpAttribute = { name: 'axis', type: AttributeType.int, value: 0 };
      const inputs = [ints([2], 2, 0), ints([], 3), floats([], 7), floats([], -1)];
      const values = valuesOf(run('OneHot', [T, type('TI', int32), axis], ...inputs));
      expect(values).toEqual([-1, 7, -1, -1, 7, -1]); // the new axis comes first
    });

    it('that is a list of integers', () => {
      const dims: OpAttribute = { name: 'squeeze_dims', type: AttributeType.int, value: [0, 2] };
      expect(shapeOf(run('Squeeze', [T, dims], floats([1, 3, 1, 1], 1, 2, 3)))).toEqual([3, 1]);
    });

    it('that is a string', () => {
      const padding: OpAttribute = { name: 'padding', type: AttributeType.string, value: 'VALID' };
      const strides: OpAttribute = { name: 'strides', type: AttributeType.int, value: [1, 1, 1, 1] };
      const image = floats([1, 2, 2, 1], 1, 2, 3, 4);
      const filter = floats([2, 2, 1, 1], 1, 10, 100, 1000);
      expect(valuesOf(run('Conv2D', [T, strides, padding], image, filter))).toEqual([4321]);
    });

    it('that is a shape', () => {
      const shape: OpAttribute = { name: 'shape', type: AttributeType.shape, value: [2] };
      expect(
        valuesOf(run('PlaceholderWithDefault', [type('dtype', float32), shape], floats([2], 5, 6))),
      ).toEqual([5, 6]);
    });
  });

  it('takes a list of types and a list of inputs', () => {
    const count: OpAttribute = { name: 'N', type: AttributeType.int, value: 2 };
    const input = floats([2], 3, 4);
    expect(valuesOf(eager('IdentityN', [type('T', [float32])], input))).toEqual([3, 4]);
    const graph = tf.TF_NewGraph();
    const inputs = [placeholder(graph, 0, float32, [2])];
    const identity = tf.TF_NewOperation(graph, native.cString('IdentityN'), 'body');
    tf.TF_AddInputList(identity, inputs, 1);
    expect(valuesOf(callAsFunction(graph, identity, [type('T', [float32])], inputs, [input]))).toEqual([
      3, 4,
    ]);
    const sums = tf.TF_NewGraph();
    const terms = [0, 1].map((i) => placeholder(sums, i, float32, [2]));
    const sum = tf.TF_NewOperation(sums, native.cString('AddN'), 'body');
    tf.TF_AddInputList(sum, terms, 2);
    expect(valuesOf(callAsFunction(sums, sum, [T, count], terms, [input, input]))).toEqual([6, 8]);
  });

  it('puts constants into a graph and infers shapes', () => {
    const graph = tf.TF_NewGraph();
    const value = tensor([3, 1], Float32Array.of(1, 2, 3));
    const description = tf.TF_NewOperation(graph, native.cString('Const'), 'constant');
    setAttribute(native, 'TF_', description, type('dtype', float32), status);
    tf.TF_SetAttrTensor(description, native.cString('value'), value, status);
    ok();
    tf.TF_DeleteTensor(value);
    const output = { oper: tf.TF_FinishOperation(description, status), index: 0 };
    ok();
    expect(tf.TF_OperationOutputType(output)).toBe(float32);
    expect(tf.TF_GraphGetTensorNumDims(graph, output, status)).toBe(2);
    const dims = new BigInt64Array(2);
    tf.TF_GraphGetTensorShape(graph, output, dims, 2, status);
    expect([...dims]).toEqual([3n, 1n]);
    const negative = tf.TF_NewOperation(graph, native.cString('Neg'), 'body');
    tf.TF_AddInput(negative, output);
    expect(valuesOf(callAsFunction(graph, negative, [T], [], []))).toEqual([-1, -2, -3]);
  });

  it('lists its operations', () => {
    expect(listInputsOf(native, 'ConcatV2')).toEqual(['N', null]);
    expect(listInputsOf(native, 'IdentityN')).toEqual(['T']);
    expect(listInputsOf(native, 'AddV2')).toBeUndefined();
  });

  it('runs an operation on a worker thread', async () => {
    const op = tf.TFE_NewOp(context, native.cString('Neg'), status);
    tf.TFE_OpAddInput(op, floats([2], 1, -2), status);
    setAttribute(native, 'TFE_Op', op, T, status);
    const results = native.malloc(8);
    const count = native.malloc(4);
    native.copyIn(count, Int32Array.of(1), 4);
    await new Promise((resolve) => native.executeAsync(op, results, count, status, resolve));
    ok();
    const result = new BigInt64Array(1);
    native.copyOut(result, results, 8);
    expect(valuesOf(Number(result[0]))).toEqual([-1, 2]);
    tf.TFE_DeleteOp(op);
    native.free(results);
    native.free(count);
  });

  it('is tested whole', () => {
    tf.TFE_DeleteContext(context);
    expect([...called].sort()).toEqual(Object.keys(prototypes).sort());
  });
});
