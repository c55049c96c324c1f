import type { JobKind, Metric, ResourceClass } from '@toogit/catalogue';

/** Which attempt is speaking: every write of a worker carries it and is refused (JOB_FENCED) when it is not the newest. */
export interface Fence {
  jobKey: string;
  attempt: number;
}

/** From when to when the database was within somebody's reach without a break, by its own clock. */
export interface Contact {
  since: Date;
  until: Date;
}

/** `yield`: save a checkpoint at the next boundary and give the job back. */
export type Verdict = 'continue' | 'yield' | 'cancel' | 'fenced';

/** An input artifact and the job that made it. */
export interface ClaimedInput {
  jobKey: string;
  digest: string;
}

export interface Claim extends Fence {
  kind: JobKind;
  version: number;
  params: unknown;
  seed: number;
  /** Jobs on the longest way from one without inputs to it. */
  depth: number;
  /** The input artifacts by role, in order. */
  inputs: Record<string, ClaimedInput[]>;
  checkpoint: { step: number; digest: string } | null;
  /** Running experiments that need it, oldest first. */
  experimentIds: string[];
  /** W3C traceparent of the oldest of them that is traced. */
  traceParent: string | null;
}

export interface Checkpoint {
  step: number;
  /** Of its manifest. */
  digest: string;
  /** Manifest and parts. */
  blobs: { digest: string; bytes: number }[];
}

export interface JobSuccess {
  artifact: {
    digest: string;
    type: string;
    /** Manifest and parts together. */
    bytes: number;
    parts: { name: string; sha256: string; bytes: number; mediaType: string }[];
  };
  result: unknown;
  metrics: Metric[];
  peakRssBytes: number;
  provenance: Record<string, unknown>;
}

/** One process under a name; another one under the same name differs in its instance. */
export interface WorkerIdentity {
  name: string;
  /** A UUID, new with every process. */
  instance: string;
}

/** What a worker reports of itself, and what it can run. */
export interface WorkerAnnouncement extends WorkerIdentity {
  release: string;
  device: string;
  resources: ResourceClass[];
  memoryBytes: number;
  /** Versions of its handlers. */
  kinds: Partial<Record<JobKind, number>>;
}

/** What a worker reports of itself while it is present. */
export interface WorkerReport {
  /** Digests of the data sets and models that it keeps on its device. */
  holds: string[];
  /** Code of the error that keeps it from storing results: it claims no job meanwhile. */
  storageError?: string | null;
}

export interface ReadyJob {
  key: string;
  kind: JobKind;
  resource: ResourceClass;
  /** The attempt that the next claim will be. */
  nextAttempt: number;
  /** Milliseconds to wait before it may run (retry backoff). */
  delayMs: number;
}
