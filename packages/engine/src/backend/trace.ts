import type { Tensor, Variable } from '@tensorflow/tfjs';
import { ToogitError } from '@toogit/core';
import { activeBackend } from './active-backend.js';
import type { TensorFlowBinding } from './binding.js';
import { encodePrecision, type Precision } from './config-proto.js';
import { AttributeType, type OpAttribute, type TensorMetadata } from './data-types.js';
import type { NodeBackend } from './node-backend.js';
import { StandIns } from './stand-ins.js';
import { tf } from './tf.js';
import { type GraphFunction, Tracer } from './tracer.js';

export interface TraceOptions {
  /** Every variable that the function reads or assigns: read anew at each call, written back when assigned. */
  variables?: readonly Variable[];
  /** Largest constant, in elements, that JavaScript may make inside (default 4096); equal elements don't count. */
  maxConst?: number;
  /** What convolutions and matrix products are computed in; float32 unless given. */
  precision?: Precision;
}

/** A function of tensors that runs as one TensorFlow operation. Results are the caller's to dispose. */
export interface TracedFunction<R extends Tensor | Tensor[], A extends Tensor[] = Tensor[]> {
  /** @throws ToogitError TRACE_UNSUPPORTED when shapes or dtypes differ from the example inputs. */
  (...inputs: A): R;
  /** The same off the event loop. The variables must be left alone until it resolves. */
  async(...inputs: A): Promise<R>;
  /** Frees the function; idempotent. */
  dispose(): void;
  /** Nodes in the graph; 0 where functions run eagerly (device `js`). */
  readonly operations: number;
}

const DEFAULT_MAX_CONST = 4096;
/** Without this attribute on the call, even empty, TensorFlow's graph optimiser never runs. */
const callAttributes = (precision: Precision): OpAttribute[] => [
  { name: 'config_proto', type: AttributeType.string, value: encodePrecision(precision) },
];

/**
 * Turns any tfjs computation, gradients included, into one TensorFlow function for the shapes and dtypes of
 * `exampleInputs`, whose values don't matter. `fn` runs twice, symbolically; both must build the same graph.
 * Tensors from outside are captured as they are now; variables must be named in `variables`.
 * On the `js` device the function simply runs eagerly.
 * @throws ToogitError TRACE_UNSUPPORTED when `fn` reads values, makes shapes that depend on data, large constants or
 * random numbers in JavaScript, keeps a tensor, or uses a variable that is not named.
 */
export function traceFunction<A extends Tensor[], R extends Tensor | Tensor[]>(
  fn: (...inputs: A) => R,
  exampleInputs: readonly [...A],
  options: TraceOptions = {},
): TracedFunction<R, A> {
  const check = inputChecker(exampleInputs);
  const backend = activeBackend();
  const untyped = fn as (...inputs: Tensor[]) => R; // the check keeps inputs like the examples
  return backend ? traceOn(backend, untyped, exampleInputs, options, check) : runEagerly(untyped, check);
}

type InputCheck = (inputs: readonly Tensor[]) => void;

function inputChecker(examples: readonly Tensor[]): InputCheck {
  const signature = (tensors: readonly Tensor[]) => tensors.map((t) => `${t.dtype}[${t.shape}]`).join(', ');
  const expected = signature(examples);
  return (inputs) => {
    const given = signature(inputs);
    if (given !== expected) {
      throw new ToogitError('TRACE_UNSUPPORTED', `traced for (${expected}), called with (${given})`);
    }
  };
}

function runEagerly<R extends Tensor | Tensor[]>(
  fn: (...inputs: Tensor[]) => R,
  check: InputCheck,
): TracedFunction<R> {
  const call = (...inputs: Tensor[]): R => {
    check(inputs);
    return tf.tidy(() => fn(...inputs));
  };
  return Object.assign(call, {
    async: async (...inputs: Tensor[]) => call(...inputs),
    dispose: () => {},
    operations: 0,
  });
}

function traceOn<R extends Tensor | Tensor[]>(
  backend: NodeBackend,
  fn: (...inputs: Tensor[]) => R,
  examples: readonly Tensor[],
  options: TraceOptions,
  check: InputCheck,
): TracedFunction<R> {
  const { binding } = backend;
  const variables = [...new Set(options.variables ?? [])];
  const traced = traceTwice(backend, fn, examples, variables, options.maxConst ?? DEFAULT_MAX_CONST);
  const { graph, assigned, single } = traced;
  const attributes = callAttributes(options.precision ?? 'float32');
  let disposed = false;

  const prepare = (inputs: readonly Tensor[]): number[] => {
    if (disposed) throw new ToogitError('TRACE_UNSUPPORTED', 'the traced function was disposed');
    check(inputs);
    return [...backend.getInputTensorIds([...inputs, ...variables]), ...graph.captured];
  };
  const deliver = (results: TensorMetadata[]): R => {
    const tensors = results.map((metadata) => backend.createOutputTensor(metadata));
    const updates = tensors.splice(tensors.length - assigned.length);
    for (const [i, update] of updates.entries()) {
      assigned[i]?.assign(update);
      update.dispose();
    }
    return (single ? tensors[0] : tensors) as R;
  };
  const call = (...inputs: Tensor[]): R => {
    if (binding.recorder) return fn(...inputs); // inside another trace: part of that one
    return deliver(binding.executeOp(graph.name, attributes, prepare(inputs), graph.numOutputs));
  };
  return Object.assign(call, {
    async: async (...inputs: Tensor[]) =>
      deliver(await binding.executeOpAsync(graph.name, attributes, prepare(inputs), graph.numOutputs)),
    dispose: () => {
      if (disposed) return;
      disposed = true;
      binding.removeFunction(graph.name);
      for (const id of graph.captured) binding.deleteTensor(id);
    },
    operations: graph.operations,
  });
}

interface Trace {
  graph: GraphFunction;
  assigned: Variable[];
  single: boolean;
  fingerprint: string;
}

/** What JavaScript decides anew at each call (random numbers, the time, a counter) would be frozen: find it out. */
function traceTwice(
  backend: NodeBackend,
  fn: (...inputs: Tensor[]) => Tensor | Tensor[],
  examples: readonly Tensor[],
  variables: readonly Variable[],
  maxConst: number,
): Trace {
  const rehearsal = traceOnce(backend, fn, examples, variables, maxConst);
  discard(backend.binding, rehearsal.graph);
  const trace = traceOnce(backend, fn, examples, variables, maxConst);
  if (trace.fingerprint === rehearsal.fingerprint) return trace;
  discard(backend.binding, trace.graph);
  throw new ToogitError(
    'TRACE_UNSUPPORTED',
    'the function did not do the same twice: random numbers or other state of JavaScript would be frozen; ' +
      'pass them in as tensors',
  );
}

function discard(binding: TensorFlowBinding, graph: GraphFunction): void {
  binding.removeFunction(graph.name);
  for (const id of graph.captured) binding.deleteTensor(id);
}

function traceOnce(
  backend: NodeBackend,
  fn: (...inputs: Tensor[]) => Tensor | Tensor[],
  examples: readonly Tensor[],
  variables: readonly Variable[],
  maxConst: number,
): Trace {
  const { binding } = backend;
  if (binding.recorder)
    throw new ToogitError('TRACE_UNSUPPORTED', 'a traced function cannot be traced inside another');
  const standIns = new StandIns(backend, examples, variables);
  const known = new Set(Object.values(tf.engine().registeredVariables));
  const tracer = new Tracer(binding, standIns.metadata, {
    maxConst,
    assertCapturable: (id) => assertNoVariable(backend, id),
  });
  binding.recorder = tracer;
  try {
    let trace: Trace | undefined;
    tf.tidy(() => {
      const result = fn(...standIns.inputs);
      const outputs = tensorsOf(result);
      const assigned = standIns.assigned();
      const graph = tracer.finish(backend.getInputTensorIds([...outputs, ...assigned]));
      trace = { graph, assigned, single: !Array.isArray(result), fingerprint: tracer.fingerprint() };
    });
    standIns.restore();
    if (!trace) throw new ToogitError('INTERNAL', 'tf.tidy did not run its function');
    assertNothingKept(tracer, known, () => trace && discard(binding, trace.graph));
    return trace;
  } finally {
    binding.recorder = null;
    standIns.restore();
    tracer.dispose();
  }
}

function tensorsOf(result: Tensor | Tensor[]): Tensor[] {
  const outputs = Array.isArray(result) ? result : [result];
  if (outputs.length > 0 && outputs.every((output) => output instanceof tf.Tensor)) return outputs;
  throw new ToogitError('TRACE_UNSUPPORTED', 'a traced function returns a tensor or an array of tensors');
}

function assertNoVariable(backend: NodeBackend, id: number): void {
  for (const variable of Object.values(tf.engine().registeredVariables)) {
    if (!backend.tensorMap.has(variable.dataId) || backend.tensorMap.get(variable.dataId).id !== id) continue;
    throw new ToogitError(
      'TRACE_UNSUPPORTED',
      `the traced function uses variable ${variable.name}, which is not among its variables`,
    );
  }
}

function assertNothingKept(tracer: Tracer, known: ReadonlySet<Variable>, undo: () => void): void {
  const newVariable = Object.values(tf.engine().registeredVariables).find((variable) => !known.has(variable));
  const kept = tracer.countKept();
  if (kept === 0 && !newVariable) return;
  undo();
  throw new ToogitError(
    'TRACE_UNSUPPORTED',
    newVariable
      ? `the traced function makes variable ${newVariable.name}; make it before, and name it in variables`
      : `the traced function keeps ${kept} tensors (tf.keep); return them instead`,
  );
}
