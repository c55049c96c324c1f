import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { readGpus } from './gpu-memory.js';
import { residentBytes } from './resident-bytes.js';

export type AttemptEnd = 'succeeded' | 'failed' | 'released' | 'cancelled' | 'fenced';

export interface WorkerMetrics {
  attemptStarted(kind: string, attempt: number): void;
  attemptEnded(attempt: { kind: string; isBlock: boolean }, outcome: AttemptEnd, seconds: number): void;
  checkpointSaved(kind: string, bytes: number): void;
  text(): Promise<string>;
  readonly contentType: string;
  readonly registry: Registry;
}

/** The metrics of a worker process and of the compute processes below it. */
export function createWorkerMetrics(facts: { worker: string; release: string }): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'toogit_worker_info',
    help: '1 for each worker that is there.',
    labelNames: ['worker', 'release'],
    registers,
  }).set({ worker: facts.worker, release: facts.release }, 1);
  const durations = new Histogram({
    name: 'toogit_job_duration_seconds',
    help: 'From the claim of an attempt to its recorded end, by job kind and outcome.',
    labelNames: ['kind', 'outcome'],
    buckets: [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000],
    registers,
  });
  const retries = new Counter({
    name: 'toogit_job_retries_total',
    help: 'Attempts after the first one of their job.',
    labelNames: ['kind'],
    registers,
  });
  const blocks = new Counter({
    name: 'toogit_blocks_total',
    help: 'Blocks of examples computed.',
    labelNames: ['kind'],
    registers,
  });
  const checkpoints = new Histogram({
    name: 'toogit_checkpoint_bytes',
    help: 'Size of saved checkpoints.',
    labelNames: ['kind'],
    buckets: [1e5, 1e6, 1e7, 3e7, 1e8, 3e8, 1e9],
    registers,
  });
  new Gauge({
    name: 'toogit_worker_resident_memory_bytes',
    help: 'Resident memory of the worker and of its compute processes together (Linux).',
    labelNames: ['process'],
    registers,
    async collect() {
      this.reset();
      const { parent, children } = await residentBytes();
      if (parent > 0) this.set({ process: 'parent' }, parent);
      if (parent > 0) this.set({ process: 'compute' }, children);
    },
  });
  const gpuUsed = new Gauge({
    name: 'toogit_gpu_memory_used_bytes',
    help: 'Memory in use of each GPU; no series where there is none.',
    labelNames: ['gpu'],
    registers,
  });
  new Gauge({
    name: 'toogit_gpu_memory_total_bytes',
    help: 'Memory of each GPU.',
    labelNames: ['gpu'],
    registers,
    async collect() {
      this.reset();
      gpuUsed.reset();
      for (const { gpu, usedBytes, totalBytes } of await readGpus()) {
        this.set({ gpu }, totalBytes);
        gpuUsed.set({ gpu }, usedBytes);
      }
    },
  });

  return {
    attemptStarted: (kind, attempt) => {
      if (attempt > 1) retries.inc({ kind });
    },
    attemptEnded: ({ kind, isBlock }, outcome, seconds) => {
      durations.observe({ kind, outcome }, seconds);
      if (isBlock && outcome === 'succeeded') blocks.inc({ kind });
    },
    checkpointSaved: (kind, bytes) => checkpoints.observe({ kind }, bytes),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    registry,
  };
}
