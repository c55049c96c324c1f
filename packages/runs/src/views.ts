import type {
  AttemptOutcome,
  ExperimentState,
  FigureKind,
  JobKind,
  JobProgress,
  JobState,
  Metric,
  ResourceClass,
  Warning,
} from '@toogit/catalogue';
import type { SerializedError } from '@toogit/core';
import type { WorkerAnnouncement } from './work.js';

/** What waits and runs; succeeded and cancelled jobs are not counted. */
export interface Backlog {
  jobs: { resource: ResourceClass; state: JobState; jobs: number; oldestSeconds: number }[];
  /** Ready jobs that no worker present has the resource class, the handler version and the memory for. */
  unmatched: { resource: ResourceClass; jobs: number }[];
  experiments: { state: ExperimentState; experiments: number }[];
  /** Deliveries that wait for a try. */
  webhooks: number;
}

export interface ExperimentSummary {
  id: string;
  name: string;
  study: string | null;
  profile: string | null;
  specDigest: string;
  state: ExperimentState;
  priority: number;
  /** Since when it is paused. */
  pausedAt: string | null;
  /** Jobs by state. */
  jobs: Record<JobState, number>;
  createdAt: string;
  finishedAt: string | null;
}

/** What of it takes one row to read, however many jobs it has. */
export type ExperimentHead = Omit<ExperimentSummary, 'jobs'>;

export interface Experiment extends ExperimentSummary {
  spec: unknown;
  resolvedSpec: unknown;
  steps: { name: string; kind: string; jobKeys: string[] }[];
  /** What of the resolved spec most likely is not meant. */
  warnings: Warning[];
}

export interface JobView {
  key: string;
  kind: JobKind;
  step: string | null;
  state: JobState;
  params: unknown;
  seed: number;
  inputs: Record<string, string[]>;
  attempt: number;
  progress: JobProgress | null;
  /** Digest of its artifact's manifest once succeeded. */
  artifactDigest: string | null;
  result: unknown;
  /** What its parameters and its result show that most likely is not meant. */
  warnings: Warning[];
  error: SerializedError | null;
  /** Why a ready job isn't running yet; null in every other state. */
  waitingFor: WaitingFor | null;
  estimate: { flops: number; bytes: number };
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  attempts: AttemptView[];
}

/** What changes of a job while it is computed. */
export type JobStatus = Pick<
  JobView,
  | 'key'
  | 'kind'
  | 'step'
  | 'state'
  | 'attempt'
  | 'progress'
  | 'artifactDigest'
  | 'error'
  | 'waitingFor'
  | 'startedAt'
  | 'finishedAt'
>;

/** Some of an experiment's jobs, in the order of its plan. */
export interface JobStatusPage {
  jobs: JobStatus[];
  isLast: boolean;
}

/**
 * `capacity`: workers that can run it are busy, or a limit is reached. `worker`: no worker can run it, because of its memory,
 * its resource class or the version of its kind. `storage`: for all workers that can, the storage is full or away.
 * `backoff`: a failure was a moment ago. `resume`: only paused
 * experiments need it.
 */
export type WaitingFor = 'capacity' | 'worker' | 'storage' | 'backoff' | 'resume';

export interface AttemptView {
  number: number;
  workerId: string;
  outcome: AttemptOutcome | null;
  error: SerializedError | null;
  startedAt: string;
  endedAt: string | null;
  peakRssBytes: number | null;
  provenance: Record<string, unknown> | null;
  /** The last lines that its process wrote, where it failed. */
  logTail: string | null;
}

export interface MetricView extends Metric {
  jobKey: string;
  step: number | null;
  stepName: string | null;
  kind: JobKind;
}

export interface ArtifactView {
  digest: string;
  type: string;
  jobKey: string;
  step: string | null;
  bytes: number;
  meta: unknown;
  parts: { name: string; sha256: string; bytes: number; mediaType: string }[];
}

export interface ReportsQuery {
  /** Only these experiments; ids that are none match nothing. */
  experiments?: string[];
  study?: string;
  /** Only reports with such a figure. */
  figure?: FigureKind;
  /** So many of the newest experiments that match. */
  limit: number;
}

/** A report job as planned, done or not, and whose it is. */
export interface PlannedReport {
  experiment: Pick<ExperimentSummary, 'id' | 'name' | 'study' | 'profile' | 'state'>;
  jobKey: string;
  params: unknown;
  /** Keys of the jobs that its figures are drawn from, in order. */
  sources: string[];
}

/** What a job that succeeded has made. */
export interface JobOutcome {
  /** Of its artifact. */
  digest: string;
  result: unknown;
}

export interface RunsTotals {
  experiments: Record<ExperimentState, number>;
  jobs: Record<JobState, number>;
  studies: { study: string; experiments: Record<ExperimentState, number> }[];
}

export interface WorkerView extends Omit<WorkerAnnouncement, 'kinds'> {
  kinds: Record<string, number>;
  /** Digests of the data sets and models that it keeps on its device. */
  holds: string[];
  /** Code of the error that keeps it from storing results, so that it claims no job; null: none. */
  storageError: string | null;
  startedAt: string;
  heartbeatAt: string;
  /** Jobs that it runs now. */
  running: number;
}
