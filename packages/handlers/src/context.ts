import type { ArtifactStore, HostTensor, Manifest, StoredManifest } from '@toogit/artifacts';
import type { JobKind, JobParams, JobProgress, JobResult, Metric } from '@toogit/catalogue';

/** An input artifact, and the job that made it: its key is the same wherever it ran, the digest need not be. */
export interface JobInput extends StoredManifest {
  jobKey: string;
}

/** All that a handler may touch. Load, compute, store, report: everything goes through here. */
export interface JobContext<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly params: JobParams<K>;
  /** The job's seed; all randomness derives from it and fixed labels, never from the clock or Math.random. */
  readonly seed: number;
  /** The input artifacts by role, in order. */
  readonly inputs: Record<string, JobInput[]>;
  readonly artifacts: ArtifactStore;
  /** Aborted on cancel or loss of the lease; handlers check it between steps. */
  readonly signal: AbortSignal;
  /**
   * Aborted when the job should make room soon. A handler that keeps checkpoints saves one and rejects with the
   * signal's reason; any other takes no notice and goes on to its end, which is the next boundary.
   */
  readonly yielding: AbortSignal;
  /** Where downloads are kept between jobs. */
  readonly cacheDir: string;
  /** A copy of ImageNet on this machine, if there is one. */
  readonly restrictedImagenetDir: string | null;
  /** Things worth keeping on the device between jobs (a data set, a model), by digest, least recently used first out. */
  readonly deviceCache: DeviceCache;
  progress(update: Partial<JobProgress> & { done: number; total: number; unit: string }): void;
  metric(metric: Metric): void;
  readonly checkpoint: Checkpoints;
}

/** Resumable state of this very job; a later attempt finds the last one saved. */
export interface Checkpoints {
  load(): Promise<{
    step: number;
    tensors: Record<string, HostTensor>;
    state: Record<string, unknown>;
  } | null>;
  save(step: number, tensors: Record<string, HostTensor>, state: Record<string, unknown>): Promise<void>;
}

export interface DeviceCache {
  /** The cached value, or what `load` makes, kept until evicted; `dispose` frees it then. */
  get<T>(key: string, load: () => Promise<{ value: T; bytes: number; dispose: () => void }>): Promise<T>;
}

/** What a handler gives back: its one artifact. `meta` is the kind's result. */
export type JobOutput<K extends JobKind = JobKind> = Omit<Manifest, 'schema' | 'meta'> & {
  meta: JobResult<K>;
};

export type JobHandler<K extends JobKind = JobKind> = (context: JobContext<K>) => Promise<JobOutput<K>>;
