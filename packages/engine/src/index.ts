export type { OpAttribute } from './backend/data-types.js';
export { attribute, executeOp, hasNativeOps } from './backend/native-ops.js';
export { locateTensorFlow, TENSORFLOW_VERSION } from './backend/provision/locate-tensorflow.js';
export { type Engine, type EngineOptions, startEngine } from './backend/start-engine.js';
export { tf } from './backend/tf.js';
export { type TracedFunction, type TraceOptions, traceFunction } from './backend/trace.js';
