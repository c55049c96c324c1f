export { type ApiMetrics, type Backlog, createApiMetrics } from './api-metrics.js';
export { type GpuMemory, readGpus } from './gpu-memory.js';
export { startMetricsServer } from './metrics-server.js';
export { startTracing, type Tracing, tracingVariable } from './start-tracing.js';
export { below, endFailed, inSpan, startSpan, traceIdOf, traceParentOf, within } from './tracing.js';
export { type AttemptEnd, createWorkerMetrics, type WorkerMetrics } from './worker-metrics.js';
