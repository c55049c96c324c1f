import { createHash } from 'node:crypto';
import { ToogitError } from '@toogit/core';
import type { OpRecorder, TensorFlowBinding } from './binding.js';
import type { GraphOutput, Pointer } from './c-prototypes.js';
import {
  AttributeType,
  DataTypeNumber,
  type OpAttribute,
  sizeOf,
  type TensorMetadata,
} from './data-types.js';
import { int64s, setAttribute } from './op-attributes.js';
import { listInputsOf } from './op-registry.js';

export interface TracerOptions {
  /** Constants of more elements than this, made in JavaScript while tracing, are refused. */
  maxConst: number;
  /** Throws when a tensor of the outside may not become part of the function (a variable not named, say). */
  assertCapturable(id: number): void;
}

/** A value in the graph; `label` is how it came about, for the fingerprint. */
interface Node {
  output: GraphOutput;
  label: string;
}

export interface GraphFunction {
  name: string;
  numOutputs: number;
  /** Ids of tensors from outside, passed after the inputs; whoever holds the function deletes them. */
  captured: number[];
  operations: number;
}

let functionCount = 0;

/** Builds a TensorFlow graph out of the operations that tfjs would run; nothing is computed. */
export class Tracer implements OpRecorder {
  readonly #graph: Pointer;
  readonly #nodes = new Map<number, Node>();
  readonly #inputs: GraphOutput[] = [];
  readonly #captured: number[] = [];
  readonly #made: number[] = [];
  readonly #computed = new Set<number>();
  readonly #hash = createHash('sha256');
  #nodeCount = 0;

  constructor(
    readonly binding: TensorFlowBinding,
    inputs: readonly TensorMetadata[],
    readonly options: TracerOptions,
  ) {
    this.#graph = binding.native.tf.TF_NewGraph();
    for (const input of inputs) {
      this.#addPlaceholder(input);
      this.#computed.add(input.id);
    }
  }

  record(
    name: string,
    attributes: readonly OpAttribute[],
    ids: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const inputs = ids.map((id) => this.#nodeOf(id));
    const oper = this.#addNode(name, describe(name, attributes, inputs), (description) => {
      this.#addInputs(description, name, attributes, inputs);
      for (const attribute of attributes) this.#setAttribute(description, attribute);
    });
    return Array.from({ length: outputs }, (_, index) => this.#outputOf(name, { oper, index }));
  }

  recordConstant(id: number, shape: readonly number[], dtype: number, tensor: Pointer): void {
    const { tf, copyOut } = this.binding.native;
    const bytes = new Uint8Array(tf.TF_TensorByteSize(tensor));
    if (bytes.length > 0) copyOut(bytes, tf.TF_TensorData(tensor), bytes.length);
    const size = sizeOf(shape);
    const label = `${dtype}[${shape}]`;
    this.#made.push(id);
    if (size > this.options.maxConst) {
      const element = repeatedElement(bytes, size);
      if (!element) throw tooLarge(size, this.options.maxConst);
      this.#nodes.set(id, this.#addFill(shape, dtype, element, label));
    } else {
      // addresses inside string tensors differ from trace to trace
      const content = dtype === DataTypeNumber.string ? '' : Buffer.from(bytes).toString('base64');
      this.#nodes.set(id, this.#addConstant(tensor, dtype, `${label}=${content}`));
    }
  }

  assertReadable(id: number): void {
    if (this.#computed.has(id)) {
      throw new ToogitError(
        'TRACE_UNSUPPORTED',
        'the traced function reads the value of a tensor that it computes',
      );
    }
    if (!this.#nodes.has(id)) this.options.assertCapturable(id);
  }

  /** Registers the graph as a function of the inputs (then the captured tensors) with these outputs. */
  finish(outputIds: readonly number[]): GraphFunction {
    const { tf } = this.binding.native;
    const name = `toogit_traced_${functionCount++}`;
    const outputs = outputIds.map((id) => this.#identity(this.#nodeOf(id)));
    const inputs = this.#inputs;
    const fn = tf.TF_GraphToFunction(
      this.#graph,
      name,
      0,
      -1, // all operations of the graph
      null,
      inputs.length,
      inputs,
      outputs.length,
      outputs,
      null,
      0,
      null,
      this.binding.status,
    );
    this.binding.check('GraphToFunction');
    this.binding.addFunction(fn);
    return {
      name,
      numOutputs: outputs.length,
      captured: this.#captured.splice(0),
      operations: this.#nodeCount,
    };
  }

  /** Equal for two traces that built the same graph over the same constants. */
  fingerprint(): string {
    return this.#hash.copy().digest('hex');
  }

  /** How many tensors made during the trace still live: somebody kept them. */
  countKept(): number {
    return this.#made.filter((id) => this.binding.has(id)).length;
  }

  /** Frees the graph, and what was captured unless `finish` handed it over. */
  dispose(): void {
    for (const id of this.#captured.splice(0)) this.binding.deleteTensor(id);
    this.binding.native.tf.TF_DeleteGraph(this.#graph);
  }

  /** The node of a tensor; one from outside the trace is captured, that is, becomes one more input. */
  #nodeOf(id: number): Node {
    const known = this.#nodes.get(id);
    if (known) return known;
    this.options.assertCapturable(id);
    const copy = this.binding.share(id);
    this.#captured.push(copy.id);
    return this.#addPlaceholder({ ...copy, id });
  }

  #addPlaceholder({ id, shape, dtype }: TensorMetadata): Node {
    const label = `input ${this.#inputs.length} ${dtype}[${shape}]`;
    const oper = this.#addNode('Placeholder', label, (description) => {
      this.#setAttribute(description, { name: 'dtype', type: AttributeType.type, value: dtype });
      this.#setAttribute(description, { name: 'shape', type: AttributeType.shape, value: shape });
    });
    const node = { output: { oper, index: 0 }, label };
    this.#inputs.push(node.output);
    this.#nodes.set(id, node);
    return node;
  }

  #addConstant(tensor: Pointer, dtype: number, label: string): Node {
    const { tf, cString } = this.binding.native;
    const oper = this.#addNode('Const', label, (description) => {
      this.#setAttribute(description, { name: 'dtype', type: AttributeType.type, value: dtype });
      tf.TF_SetAttrTensor(description, cString('value'), tensor, this.binding.status);
    });
    return { output: { oper, index: 0 }, label };
  }

  /** A large tensor of one value (tfjs makes zeros and ones so) as a Fill, which costs the graph no memory. */
  #addFill(shape: readonly number[], dtype: number, element: Uint8Array, label: string): Node {
    const dims = this.#newConstant([shape.length], DataTypeNumber.int32, Int32Array.from(shape));
    const value = this.#newConstant([], dtype, element);
    const oper = this.#addNode('Fill', label, (description) => {
      for (const input of [dims, value]) this.binding.native.tf.TF_AddInput(description, input.output);
      this.#setAttribute(description, { name: 'T', type: AttributeType.type, value: dtype });
    });
    return { output: { oper, index: 0 }, label };
  }

  #newConstant(shape: readonly number[], dtype: number, values: Int32Array | Uint8Array): Node {
    const { tf, copyIn } = this.binding.native;
    const tensor = tf.TF_AllocateTensor(dtype, int64s(shape), shape.length, values.byteLength);
    try {
      copyIn(tf.TF_TensorData(tensor), values, values.byteLength);
      return this.#addConstant(tensor, dtype, `${dtype}[${shape}]=${values}`);
    } finally {
      tf.TF_DeleteTensor(tensor);
    }
  }

  #identity(node: Node): GraphOutput {
    const { tf } = this.binding.native;
    const oper = this.#addNode('Identity', `Identity(${node.label})`, (description) => {
      tf.TF_AddInput(description, node.output);
    });
    return { oper, index: 0 };
  }

  #addNode(type: string, label: string, describeInC: (description: Pointer) => void): Pointer {
    const { tf, cString } = this.binding.native;
    this.#hash.update(`${type} ${label}\n`);
    const description = tf.TF_NewOperation(this.#graph, cString(type), `node_${this.#nodeCount++}`);
    describeInC(description);
    const oper = tf.TF_FinishOperation(description, this.binding.status);
    this.binding.check(type);
    return oper;
  }

  #setAttribute(description: Pointer, attribute: OpAttribute): void {
    setAttribute(this.binding.native, 'TF_', description, attribute, this.binding.status);
  }

  #addInputs(
    description: Pointer,
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Node[],
  ): void {
    const { tf } = this.binding.native;
    const lists = listInputsOf(this.binding.native, name) ?? inputs.map(() => null);
    let next = 0;
    for (const [i, list] of lists.entries()) {
      if (list === null) {
        const input = inputs[next++];
        if (input) tf.TF_AddInput(description, input.output);
        continue;
      }
      const rest = inputs.length - next - (lists.length - 1 - i);
      const length = lengthOf(attributes.find((attribute) => attribute.name === list)?.value) ?? rest;
      tf.TF_AddInputList(
        description,
        inputs.slice(next, next + length).map((node) => node.output),
        length,
      );
      next += length;
    }
  }

  #outputOf(name: string, output: GraphOutput): TensorMetadata {
    const id = this.binding.newSymbolicId();
    this.#made.push(id);
    this.#computed.add(id);
    this.#nodes.set(id, { output, label: `${this.#nodeCount - 1}:${output.index}` });
    const dtype = this.binding.native.tf.TF_OperationOutputType(output);
    return { id, shape: this.#shapeOf(name, output), dtype };
  }

  #shapeOf(name: string, output: GraphOutput): number[] {
    const { tf } = this.binding.native;
    const numDims = tf.TF_GraphGetTensorNumDims(this.#graph, output, this.binding.status);
    this.binding.check(name);
    if (numDims < 0) {
      if (name === 'FusedBatchNormV3') return [0]; // what it reserves for its gradient: only passed on
      throw new ToogitError('TRACE_UNSUPPORTED', `${name} gives a tensor whose rank depends on data`);
    }
    const dims = new BigInt64Array(Math.max(numDims, 1));
    tf.TF_GraphGetTensorShape(this.#graph, output, dims, numDims, this.binding.status);
    this.binding.check(name);
    const shape = Array.from(dims.subarray(0, numDims), Number);
    if (shape.some((dim) => dim < 0)) {
      throw new ToogitError('TRACE_UNSUPPORTED', `${name} gives a tensor whose shape depends on data`);
    }
    return shape;
  }
}

const lengthOf = (value: OpAttribute['value'] | undefined): number | undefined =>
  Array.isArray(value) ? value.length : typeof value === 'number' ? value : undefined;

const describe = (name: string, attributes: readonly OpAttribute[], inputs: readonly Node[]): string =>
  `${name}(${inputs.map((node) => node.label).join()}) ${JSON.stringify(attributes)}`;

/** The bytes of the one element that fills a tensor, or undefined when its elements differ. */
function repeatedElement(bytes: Uint8Array, size: number): Uint8Array | undefined {
  const width = bytes.length / size;
  const shifted = Buffer.from(bytes.buffer, bytes.byteOffset + width, bytes.length - width);
  const same = shifted.equals(bytes.subarray(0, bytes.length - width));
  return same ? bytes.slice(0, width) : undefined;
}

const tooLarge = (size: number, maxConst: number): ToogitError =>
  new ToogitError(
    'TRACE_UNSUPPORTED',
    `the traced function makes a tensor of ${size} elements in JavaScript (more than ${maxConst}), which would be ` +
      'frozen; draw random numbers with a seed tensor as an input, and make data before tracing',
  );
