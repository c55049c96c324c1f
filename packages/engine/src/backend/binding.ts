import { ToogitError } from '@toogit/core';
import type { NativeLibrary } from './c-api.js';
import type { Pointer } from './c-prototypes.js';
import { type ContextConfig, encodeConfigProto } from './config-proto.js';
import {
  AttributeType,
  DataTypeNumber,
  newValues,
  type OpAttribute,
  type TensorMetadata,
  type TensorValues,
} from './data-types.js';
import { firstGpu } from './first-gpu.js';
import { int64s, setAttribute } from './op-attributes.js';
import { allocateStrings, readStrings, releaseStrings } from './string-tensors.js';

/** Takes operations over while a function is traced; see `tracer.ts`. */
export interface OpRecorder {
  record(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  /** A tensor made from JavaScript values; `tensor` is only lent. */
  recordConstant(id: number, shape: readonly number[], dtype: number, tensor: Pointer): void;
  /** @throws ToogitError TRACE_UNSUPPORTED when a value is not known before the function runs. */
  assertReadable(id: number): void;
}

const RESOURCE_EXHAUSTED = 8;
const MAX_OUTPUTS = 1024;
/** The handle of a tensor that is only a node of a graph being traced. */
const SYMBOLIC = 0;

/** The binding that tfjs-node's backend calls (its `TFJSBinding`), over TensorFlow's C API. */
export class TensorFlowBinding {
  readonly TF_FLOAT = DataTypeNumber.float32;
  readonly TF_INT32 = DataTypeNumber.int32;
  readonly TF_INT64 = DataTypeNumber.int64;
  readonly TF_BOOL = DataTypeNumber.bool;
  readonly TF_COMPLEX64 = DataTypeNumber.complex64;
  readonly TF_STRING = DataTypeNumber.string;
  readonly TF_RESOURCE = DataTypeNumber.resource;
  readonly TF_UINT8 = DataTypeNumber.uint8;
  readonly TF_ATTR_STRING = AttributeType.string;
  readonly TF_ATTR_INT = AttributeType.int;
  readonly TF_ATTR_FLOAT = AttributeType.float;
  readonly TF_ATTR_BOOL = AttributeType.bool;
  readonly TF_ATTR_TYPE = AttributeType.type;
  readonly TF_ATTR_SHAPE = AttributeType.shape;
  readonly TF_ATTR_RESOURCE = AttributeType.resource;
  readonly TF_Version: string;

  readonly context: Pointer;
  recorder: OpRecorder | null = null;

  readonly #status: Pointer;
  readonly #gpu: string | undefined;
  readonly #handles = new Map<number, Pointer>();
  readonly #results = new BigInt64Array(MAX_OUTPUTS);
  readonly #resultCount = new Int32Array(1);
  #nextId = 0;

  constructor(
    readonly native: NativeLibrary,
    config: ContextConfig,
  ) {
    const { tf } = native;
    this.TF_Version = tf.TF_Version();
    this.#status = tf.TF_NewStatus();
    const options = tf.TFE_NewContextOptions();
    const proto = encodeConfigProto(config);
    tf.TFE_ContextOptionsSetConfig(options, proto, proto.length, this.#status);
    this.check('ConfigProto');
    this.context = tf.TFE_NewContext(options, this.#status);
    tf.TFE_DeleteContextOptions(options);
    this.check('NewContext');
    this.#gpu = firstGpu(native, this.context, this.#status);
    this.check('ListDevices');
  }

  isUsingGpuDevice(): boolean {
    return this.#gpu !== undefined;
  }

  getNumOfTensors(): number {
    return this.#handles.size;
  }

  createTensor(shape: readonly number[], dtype: number, values: TensorValues | Uint8Array[]): number {
    const tensor = this.#allocate(shape, dtype, values);
    let id: number | undefined;
    try {
      id = this.#adopt(this.#upload(tensor, dtype));
      this.recorder?.recordConstant(id, shape, dtype, tensor);
      return id;
    } catch (error) {
      if (id !== undefined) this.deleteTensor(id);
      throw error;
    } finally {
      if (dtype === DataTypeNumber.string) releaseStrings(this.native, tensor);
      this.native.tf.TF_DeleteTensor(tensor);
    }
  }

  deleteTensor(id: number): void {
    const handle = this.#handles.get(id);
    if (handle === undefined) throw unknownTensor(id);
    this.#handles.delete(id);
    if (handle !== SYMBOLIC) this.native.tf.TFE_DeleteTensorHandle(handle);
  }

  tensorDataSync(id: number): TensorValues | Uint8Array[] {
    this.recorder?.assertReadable(id);
    const { tf, copyOut } = this.native;
    const handle = this.handle(id);
    const dtype = tf.TFE_TensorHandleDataType(handle);
    const tensor = tf.TFE_TensorHandleResolve(handle, this.#status);
    this.check('Resolve');
    try {
      if (dtype === DataTypeNumber.string) return readStrings(this.native, tensor);
      const byteLength = tf.TF_TensorByteSize(tensor);
      const values = newValues(dtype, byteLength);
      if (byteLength > 0) copyOut(values, tf.TF_TensorData(tensor), byteLength);
      return values;
    } finally {
      tf.TF_DeleteTensor(tensor);
    }
  }

  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    if (this.recorder) return this.recorder.record(name, attributes, inputs, outputs);
    const { tf } = this.native;
    const op = this.#newOp(name, attributes, inputs);
    try {
      this.#resultCount[0] = outputs;
      tf.TFE_Execute(op, this.#results, this.#resultCount, this.#status);
      this.check(name);
    } finally {
      tf.TFE_DeleteOp(op);
    }
    return Array.from(this.#results.subarray(0, outputs), (handle) => this.#describe(Number(handle)));
  }

  /** `executeOp` on a worker thread, so that timers and sockets go on meanwhile. */
  async executeOpAsync(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): Promise<TensorMetadata[]> {
    const { tf, malloc, free, copyIn, copyOut, executeAsync } = this.native;
    const op = this.#newOp(name, attributes, inputs);
    const status = tf.TF_NewStatus();
    const results = malloc(8 * outputs);
    const count = malloc(4);
    copyIn(count, Int32Array.of(outputs), 4);
    try {
      await new Promise<void>((resolve, reject) => {
        executeAsync(op, results, count, status, (error) => (error ? reject(error) : resolve()));
      });
      this.check(name, status);
      const handles = new BigInt64Array(outputs);
      copyOut(handles, results, 8 * outputs);
      return Array.from(handles, (handle) => this.#describe(Number(handle)));
    } finally {
      tf.TFE_DeleteOp(op);
      tf.TF_DeleteStatus(status);
      free(results);
      free(count);
    }
  }

  /** An id for a tensor that is only a node of a graph. */
  newSymbolicId(): number {
    return this.#adopt(SYMBOLIC);
  }

  has(id: number): boolean {
    return this.#handles.has(id);
  }

  /** A second id for a tensor, which lives on when the first is deleted. */
  share(id: number): TensorMetadata {
    const copy = this.native.tf.TFE_TensorHandleCopySharingTensor(this.handle(id), this.#status);
    this.check('CopySharingTensor');
    return this.#describe(copy);
  }

  /** Registers a graph function under its name; takes `fn`. */
  addFunction(fn: Pointer): void {
    this.native.tf.TFE_ContextAddFunction(this.context, fn, this.#status);
    this.native.tf.TF_DeleteFunction(fn);
    this.check('AddFunction');
  }

  removeFunction(name: string): void {
    this.native.tf.TFE_ContextRemoveFunction(this.context, name, this.#status);
    this.check('RemoveFunction');
  }

  handle(id: number): Pointer {
    const handle = this.#handles.get(id);
    if (!handle) throw unknownTensor(id);
    return handle;
  }

  /** @throws ToogitError when the last call with this status failed. */
  check(what: string, status = this.#status): void {
    const code = this.native.tf.TF_GetCode(status);
    if (code === 0) return;
    const message = `${what}: ${this.native.tf.TF_Message(status)}`;
    throw new ToogitError(code === RESOURCE_EXHAUSTED ? 'OUT_OF_MEMORY' : 'ENGINE_OP_FAILED', message);
  }

  get status(): Pointer {
    return this.#status;
  }

  #newOp(name: string, attributes: readonly OpAttribute[], inputs: readonly number[]): Pointer {
    const { tf, cString } = this.native;
    const op = tf.TFE_NewOp(this.context, cString(name), this.#status);
    this.check(name);
    try {
      for (const id of inputs) {
        tf.TFE_OpAddInput(op, this.handle(id), this.#status);
        this.check(name);
      }
      for (const attribute of attributes) setAttribute(this.native, 'TFE_Op', op, attribute, this.#status);
      return op;
    } catch (error) {
      tf.TFE_DeleteOp(op);
      throw error;
    }
  }

  #adopt(handle: Pointer): number {
    const id = this.#nextId++;
    this.#handles.set(id, handle);
    return id;
  }

  #describe(handle: Pointer): TensorMetadata {
    const { tf } = this.native;
    const numDims = tf.TFE_TensorHandleNumDims(handle, this.#status);
    this.check('NumDims');
    const shape = Array.from({ length: numDims }, (_, i) => tf.TFE_TensorHandleDim(handle, i, this.#status));
    return { id: this.#adopt(handle), shape, dtype: tf.TFE_TensorHandleDataType(handle) };
  }

  #allocate(shape: readonly number[], dtype: number, values: TensorValues | Uint8Array[]): Pointer {
    if (Array.isArray(values)) return allocateStrings(this.native, shape, values);
    const { tf, copyIn } = this.native;
    const tensor = tf.TF_AllocateTensor(dtype, int64s(shape), shape.length, values.byteLength);
    if (values.byteLength > 0) copyIn(tf.TF_TensorData(tensor), values, values.byteLength);
    return tensor;
  }

  /** int32 and strings stay in host memory, where TensorFlow's GPU kernels expect them. */
  #upload(tensor: Pointer, dtype: number): Pointer {
    const { tf } = this.native;
    const handle = tf.TFE_NewTensorHandle(tensor, this.#status);
    this.check('NewTensorHandle');
    if (dtype === DataTypeNumber.string) return this.#ownStrings(handle);
    if (this.#gpu === undefined || dtype === DataTypeNumber.int32) return handle;
    const onDevice = tf.TFE_TensorHandleCopyToDevice(handle, this.context, this.#gpu, this.#status);
    tf.TFE_DeleteTensorHandle(handle);
    this.check('CopyToDevice');
    return onDevice;
  }

  /** TensorFlow frees the strings of tensors it made, not of ours: let it make a copy. */
  #ownStrings(handle: Pointer): Pointer {
    const { tf, cString } = this.native;
    const op = tf.TFE_NewOp(this.context, cString('StringJoin'), this.#status);
    tf.TFE_OpAddInput(op, handle, this.#status);
    tf.TFE_OpSetAttrInt(op, cString('N'), 1);
    this.#resultCount[0] = 1;
    tf.TFE_Execute(op, this.#results, this.#resultCount, this.#status);
    tf.TFE_DeleteOp(op);
    tf.TFE_DeleteTensorHandle(handle);
    this.check('StringJoin');
    return Number(this.#results[0]);
  }
}

const unknownTensor = (id: number): ToogitError =>
  new ToogitError(
    'ENGINE_OP_FAILED',
    `tensor ${id} does not exist, or is only known inside a traced function`,
  );
