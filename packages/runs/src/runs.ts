import type { SerializedError } from '@toogit/errors';
import type {
  AttemptOutcome,
  ExperimentState,
  FigureKind,
  JobKind,
  JobProgress,
  JobState,
  Metric,
  Plan,
  ResourceClass,
} from '@toogit/jobs';

export interface NewExperiment {
  name: string;
  /** The spec as it was sent, and with every default resolved. */
  spec: unknown;
  resolvedSpec: unknown;
  /** sha256 of the canonical resolved spec. */
  specDigest: string;
  study: string | null;
  profile: string | null;
  plan: Plan;
  /** Same key and same specDigest: the same experiment; same key and another digest: IDEMPOTENCY_KEY_REUSED. */
  idempotencyKey: string | null;
}

export interface ExperimentSummary {
  id: string;
  name: string;
  study: string | null;
  profile: string | null;
  specDigest: string;
  state: ExperimentState;
  /** Jobs by state. */
  jobs: Record<JobState, number>;
  createdAt: string;
  finishedAt: string | null;
}

export interface Experiment extends ExperimentSummary {
  spec: unknown;
  resolvedSpec: unknown;
  steps: { name: string; kind: string; jobKeys: string[] }[];
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
  error: SerializedError | null;
  estimate: { flops: number; bytes: number };
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  attempts: AttemptView[];
}

export interface AttemptView {
  number: number;
  workerId: string;
  outcome: AttemptOutcome | null;
  error: SerializedError | null;
  startedAt: string;
  endedAt: string | null;
  peakRssBytes: number | null;
  provenance: Record<string, unknown> | null;
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

/** Which attempt is speaking: every write of a worker carries it and is refused (JOB_FENCED) when it is not the newest. */
export interface Fence {
  jobKey: string;
  attempt: number;
}

export interface Claim extends Fence {
  kind: JobKind;
  version: number;
  params: unknown;
  seed: number;
  /** Digests of the input artifacts by role, in order. */
  inputs: Record<string, string[]>;
  checkpoint: { step: number; digest: string } | null;
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

export interface ReadyJob {
  key: string;
  kind: JobKind;
  resource: ResourceClass;
  /** The attempt that the next claim will be. */
  nextAttempt: number;
  /** Milliseconds to wait before it may run (retry backoff). */
  delayMs: number;
}

export type RunsEvent = { type: 'job'; jobKey: string } | { type: 'experiment'; experimentId: string };

/** The database's half of garbage collection. */
export interface Garbage {
  /** Removes jobs that no experiment holds, ended for longer than the grace period, and artifacts that no job holds. */
  removeUnheld(options: { graceMs: number; dryRun: boolean }): Promise<{ jobs: number; artifacts: number }>;
  /** Every blob that Postgres refers to, or only those of results that hold now; `bytes` is null of manifests. */
  referencedBlobs(options: { heldOnly: boolean }): AsyncIterable<{ digest: string; bytes: number | null }>;
  /** Manifests of checkpoints that a job may resume from. */
  liveCheckpoints(): Promise<string[]>;
  oldestRunningAttempt(): Promise<Date | null>;
  /** Which of these nothing refers to; no result of an attempt already begun can refer to them from now on. */
  condemn(digests: string[]): Promise<string[]>;
  /** Condemned, but not yet told to be deleted. */
  unfinishedDeletions(): Promise<string[]>;
  /** The store has confirmed that these are gone. */
  blobsDeleted(digests: string[]): Promise<void>;
}

/** Postgres as the truth. All methods may throw DATABASE_UNAVAILABLE. Implemented by `openRuns(databaseUrl)`. */
export interface Runs {
  /** Applies prisma/migrations in order, under Prisma's own advisory lock. @throws DATABASE_MIGRATION */
  migrate(): Promise<void>;
  check(): Promise<void>;
  close(): Promise<void>;

  // experiments
  createExperiment(
    experiment: NewExperiment,
  ): Promise<{ experiment: Experiment; created: boolean; ready: ReadyJob[] }>;
  getExperiment(id: string): Promise<Experiment>;
  listExperiments(query: {
    limit: number;
    cursor?: string;
    state?: ExperimentState;
    study?: string;
  }): Promise<{ items: ExperimentSummary[]; nextCursor: string | null }>;
  listJobs(experimentId: string): Promise<JobView[]>;
  getJob(key: string): Promise<JobView>;
  listMetrics(experimentId: string, query: { name?: string }): Promise<MetricView[]>;
  listArtifacts(experimentId: string): Promise<ArtifactView[]>;
  getArtifact(digest: string): Promise<ArtifactView>;
  /** Jobs that no other running experiment wants become cancelled; running ones are told at their next heartbeat. */
  /** Report jobs of the `limit` newest experiments that match, newest first, whether they are done or not. */
  listReports(query: ReportsQuery): Promise<PlannedReport[]>;
  /** By job key; jobs that have not succeeded are left out. */
  outcomes(keys: string[]): Promise<Map<string, JobOutcome>>;
  totals(): Promise<RunsTotals>;
  cancelExperiment(id: string): Promise<Experiment>;
  /** Forgets it; what no other experiment holds is left to garbage collection. @throws CONFLICT while it runs */
  deleteExperiment(id: string): Promise<void>;
  /** Failed and cancelled jobs of this experiment become ready or blocked again. */
  retryExperiment(id: string): Promise<{ experiment: Experiment; ready: ReadyJob[] }>;
  /** Which of these keys exist, and in which state: what a plan can take from the cache. */
  jobStates(keys: string[]): Promise<Map<string, JobState>>;

  // work
  /** Ready jobs not pushed to the queue since `pushedBefore`, oldest first; marks them pushed. */
  takeReady(query: { limit: number; pushedBefore: Date }): Promise<ReadyJob[]>;
  /** A new attempt, or null if the job is not ready (somebody else has it, or it is done). */
  claim(jobKey: string, workerId: string): Promise<Claim | null>;
  /** Renews the lease and stores progress; says whether to go on. */
  heartbeat(fence: Fence, progress: JobProgress | null): Promise<'continue' | 'cancel' | 'fenced'>;
  saveCheckpoint(fence: Fence, checkpoint: { step: number; digest: string }): Promise<void>;
  /** Result, metrics and state in one transaction; dependants whose inputs are complete become ready. */
  succeed(fence: Fence, success: JobSuccess): Promise<ReadyJob[]>;
  /** Ready again with backoff if the error is retryable and attempts are left, else failed, and its dependants with it. */
  fail(fence: Fence, error: SerializedError, extra: { peakRssBytes: number | null }): Promise<ReadyJob[]>;
  /** Gives a job back unharmed (worker stopping): ready at once, not counted against maxAttempts. */
  release(fence: Fence): Promise<ReadyJob[]>;
  /** A cancelled attempt has stopped. */
  cancelled(fence: Fence): Promise<void>;
  /** Attempts silent for longer than the lease are closed as expired; their jobs are ready again. */
  expireLeases(leaseMs: number): Promise<ReadyJob[]>;
  /** A blob (manifest or part) is missing or corrupt: the jobs that made artifacts holding it are ready again, unfinished dependants blocked. */
  artifactLost(digest: string): Promise<ReadyJob[]>;

  /** What garbage collection and the reconciler ask (packages/reconciler, docs/artifacts.md). */
  readonly garbage: Garbage;

  /** Runs `work` while no other process does under the same lock number; false at once if one does. */
  exclusively(lock: number, work: () => Promise<void>): Promise<boolean>;

  /** Hears of every change of a job or experiment (Postgres NOTIFY), except while the connection is broken. Returns a function that stops listening. */
  subscribe(listener: (event: RunsEvent) => void): Promise<() => Promise<void>>;
}
