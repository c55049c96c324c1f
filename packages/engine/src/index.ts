export type { OpAttribute } from './backend/data-types.js';
export { type EngineFacts, engineFacts } from './backend/engine-facts.js';
export { attribute, executeOp, hasNativeOps } from './backend/native-ops.js';
export { cacheDirectory } from './backend/provision/cache-directory.js';
export { type InstallTensorFlowOptions, installTensorFlow } from './backend/provision/install-tensorflow.js';
export type { InstallProgress } from './backend/provision/install-wheels.js';
export {
  type LocatedTensorFlow,
  locateTensorFlow,
  TENSORFLOW_VERSION,
} from './backend/provision/locate-tensorflow.js';
export { type Engine, type EngineOptions, startEngine } from './backend/start-engine.js';
export { tf } from './backend/tf.js';
export { type TracedFunction, type TraceOptions, traceFunction } from './backend/trace.js';
