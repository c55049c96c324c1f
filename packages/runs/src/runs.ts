import type {
  ExperimentState,
  JobProgress,
  JobState,
  JobTimings,
  Plan,
  ResourceClass,
  SpeedProbe,
} from '@toogit/catalogue';
import type { SerializedError } from '@toogit/core';
import type { Access } from './access.js';
import type { Page, PageQuery } from './cursor.js';
import type {
  ArtifactView,
  Backlog,
  Experiment,
  ExperimentHead,
  ExperimentSummary,
  JobOutcome,
  JobStatusPage,
  JobView,
  MetricView,
  PlannedReport,
  ReportsQuery,
  RunsTotals,
  WorkerView,
} from './views.js';
import type {
  Checkpoint,
  Claim,
  Contact,
  Fence,
  JobSuccess,
  ReadyJob,
  Verdict,
  WorkerAnnouncement,
  WorkerIdentity,
  WorkerReport,
} from './work.js';

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
  /** −100 to 100, 0 if absent: higher goes first among the experiments of its project. */
  priority?: number;
  /** W3C traceparent of the request. */
  traceParent?: string | null;
  /** Told when the experiment ends. */
  webhook?: Webhook | null;
}

export interface Webhook {
  url: string;
  /** Key of the signatures. */
  secret: string;
}

/** One try to notify a webhook of the end of an experiment. */
export interface WebhookDelivery extends Webhook {
  id: string;
  projectId: string;
  /** Scheme, host and port of the URL. */
  receiver: string;
  /** This try's number, from 1. */
  tries: number;
  endedAt: string;
  experiment: Pick<ExperimentSummary, 'id' | 'name' | 'study' | 'profile' | 'specDigest' | 'state'>;
}

export interface WebhookExceptions {
  projects: string[];
  receivers: Pick<WebhookDelivery, 'projectId' | 'receiver'>[];
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
  /** Blobs of superseded checkpoints, not yet deleted. */
  releasedBlobs(limit: number): Promise<string[]>;
  forgetReleased(digests: string[]): Promise<void>;
  /** Condemned, and not yet recorded as deleted. */
  unfinishedDeletions(): Promise<string[]>;
  /** The store has confirmed that these are gone. */
  blobsDeleted(digests: string[]): Promise<void>;
}

/** Experiments and what they have produced. */
export interface ProjectRuns {
  /** The whole id of the only experiment whose id begins so. @throws NOT_FOUND, ID_AMBIGUOUS */
  resolveExperimentId(id: string): Promise<string>;
  /** The same of jobs. */
  resolveJobKey(key: string): Promise<string>;
  createExperiment(
    experiment: NewExperiment,
  ): Promise<{ experiment: Experiment; created: boolean; ready: ReadyJob[] }>;
  getExperiment(id: string): Promise<Experiment>;
  listExperiments(
    query: PageQuery & { state?: ExperimentState; study?: string },
  ): Promise<Page<ExperimentSummary>>;
  /** Without its spec, its steps, and the counts of its jobs. */
  getExperimentHead(id: string): Promise<ExperimentHead>;
  /** In the order of its plan, as metrics and artifacts are. */
  listJobs(experimentId: string, query: PageQuery): Promise<Page<JobView>>;
  /** All its jobs, or those that may have changed so lately, in pages that take little to read. */
  jobStatusPages(experimentId: string, changedWithinMs?: number): AsyncIterable<JobStatusPage>;
  /** The same of those of these jobs that it has. */
  jobStatusesOf(experimentId: string, keys: string[]): AsyncIterable<JobStatusPage>;
  getJob(key: string): Promise<JobView>;
  listMetrics(experimentId: string, query: PageQuery & { name?: string }): Promise<Page<MetricView>>;
  listArtifacts(experimentId: string, query: PageQuery): Promise<Page<ArtifactView>>;
  getArtifact(digest: string): Promise<ArtifactView>;
  /** A manifest (whose size only the store has) or a part of an artifact that is seen here; null if there is none. */
  findBlob(digest: string): Promise<{ bytes: number | null } | null>;
  /** Report jobs of the `limit` newest experiments that match, newest first, whether they are done or not. */
  listReports(query: ReportsQuery): Promise<PlannedReport[]>;
  /** By job key; jobs that have not succeeded are left out. */
  outcomes(keys: string[]): Promise<Map<string, JobOutcome>>;
  totals(): Promise<RunsTotals>;
  /** Jobs that no other running experiment needs become cancelled; running ones learn of it at their next heartbeat. */
  cancelExperiment(id: string): Promise<Experiment>;
  /** Forgets it; what no other experiment holds is left to garbage collection. @throws CONFLICT while it runs */
  deleteExperiment(id: string): Promise<void>;
  /** Failed and cancelled jobs of this experiment become ready or blocked again. */
  retryExperiment(id: string): Promise<{ experiment: Experiment; ready: ReadyJob[] }>;
  /** Running jobs go on; none begins that only paused experiments need. @throws CONFLICT unless it is running */
  pauseExperiment(id: string): Promise<Experiment>;
  resumeExperiment(id: string): Promise<{ experiment: Experiment; ready: ReadyJob[] }>;
  /** −100 to 100; counts from the next claim on. */
  setPriority(id: string, priority: number): Promise<Experiment>;
  /** Failed or cancelled, and what it needs of such: ready or blocked again, with all its attempts. @throws CONFLICT if nobody needs it */
  retryJob(key: string): Promise<{ job: JobView; ready: ReadyJob[] }>;
  /** Newest first. */
  listFailedJobs(query: PageQuery): Promise<Page<JobView>>;
  /** Which of these keys exist, and in which state: what a plan can take from the cache. */
  jobStates(keys: string[]): Promise<Map<string, JobState>>;
}

/** Postgres as the truth, its experiments those of all projects. All methods may throw DATABASE_UNAVAILABLE. Implemented by `openRuns(databaseUrl)`. */
export interface Runs extends ProjectRuns {
  /** For whoever opens connections of its own. */
  readonly databaseUrl: string;
  /** Applies prisma/migrations in order, then prisma/functions, under Prisma's own advisory lock. @throws DATABASE_MIGRATION */
  migrate(): Promise<void>;
  check(): Promise<void>;
  /** A UUID, the same in every copy of this database: names the owner of its artifact store. */
  installationId(): Promise<string>;
  close(): Promise<void>;

  /** The same seen from one project: what belongs to others only is not there, and answers as what never was. */
  inProject(project: string): ProjectRuns;
  /** Who may do what. */
  access: Access;

  // work
  /** Ready jobs not pushed to the queue since `pushedBefore`, oldest first; marks them pushed. */
  takeReady(query: { limit: number; notPushedForMs: number }): Promise<ReadyJob[]>;
  /**
   * Announces a worker, or renews the announcement. A name belongs to one process until it has been silent for
   * `leaseMs`. @throws WORKER_NAME_TAKEN
   */
  registerWorker(worker: WorkerAnnouncement, leaseMs: number): Promise<void>;
  /** Renews a worker's presence and what it reports of itself; false if its name belongs to another process. */
  workerHeartbeat(worker: WorkerIdentity, report: WorkerReport): Promise<boolean>;
  forgetWorker(worker: WorkerIdentity): Promise<void>;
  listWorkers(): Promise<WorkerView[]>;
  /** How fast this worker's machine has found itself to be. */
  recordProbe(worker: WorkerIdentity, probe: SpeedProbe): Promise<void>;
  /** What the time of planned jobs is estimated from. */
  jobTimings(): Promise<JobTimings>;
  /** Up to `limit` new attempts of the jobs that come first in the scheduling order, of those that this worker can run (docs/state-machine.md). */
  claimNext(worker: WorkerIdentity, query: { resource: ResourceClass; limit: number }): Promise<Claim[]>;
  /** Makes running jobs yield to much more urgent ones of their project that no worker is free for; returns how many. */
  preempt(): Promise<number>;
  /** A new attempt of this very job, whatever the scheduling order; null if it is not ready (somebody else has it, or it is done). */
  claim(jobKey: string, workerId: string): Promise<Claim | null>;
  /** Renews the lease and stores progress; returns whether to go on. */
  heartbeat(fence: Fence, progress: JobProgress | null): Promise<Verdict>;
  /** The blobs of the checkpoint before it are released. */
  saveCheckpoint(fence: Fence, checkpoint: Checkpoint): Promise<void>;
  /** Result, metrics and state in one transaction; dependants whose inputs are complete become ready. */
  succeed(claim: Pick<Claim, 'jobKey' | 'attempt' | 'depth'>, success: JobSuccess): Promise<ReadyJob[]>;
  /** Ready again with backoff if the error is retryable and attempts are left, else failed, and its dependants with it. */
  fail(
    fence: Fence,
    error: SerializedError,
    extra: { peakRssBytes: number | null; logTail?: string | null },
  ): Promise<ReadyJob[]>;
  /** Gives a job back unharmed (worker stopping): ready at once, not counted against maxAttempts. */
  release(fence: Fence): Promise<ReadyJob[]>;
  /** A cancelled attempt has stopped. */
  cancelled(fence: Fence): Promise<void>;
  /**
   * Attempts silent for longer than the lease are closed as expired; their jobs are ready again. With `contact`, none is
   * before the database has been within reach for a lease.
   */
  expireLeases(leaseMs: number, contact?: Contact | null): Promise<ReadyJob[]>;
  /** Reaches the database: the contact before, prolonged, or a new one if that was broken off (half a lease without). */
  renewContact(leaseMs: number, before: Contact | null): Promise<Contact>;
  /** Attempts that run for longer than this, or than their project allows, end and their jobs fail; returns how many. */
  endOverdue(maxJobMs: number): Promise<number>;
  /** A blob (manifest or part) is missing or corrupt: the jobs that made artifacts holding it are ready again, unfinished dependants blocked. */
  artifactLost(digest: string): Promise<ReadyJob[]>;

  // seeing it run
  backlog(): Promise<Backlog>;
  /**
   * Deliveries that are due, at most one of each project, each taken by one caller; without a result for a minute, it is
   * due again. None of these projects, and none of a project to one of these receivers.
   */
  takeWebhookDeliveries(except: WebhookExceptions): Promise<WebhookDelivery[]>;
  webhookDelivered(id: string): Promise<void>;
  /** Due again after so long; null gives it up. */
  webhookFailed(id: string, reason: string, retryInMs: number | null): Promise<void>;
  /** What maintenance reads (packages/dispatch/src/maintenance, docs/artifacts.md). */
  readonly garbage: Garbage;

  /** Runs `work` while no other process does under the same lock number; false at once if one does. */
  exclusively(lock: number, work: () => Promise<void>): Promise<boolean>;

  /** Is notified of every change of a job or experiment (Postgres NOTIFY), except while the connection is broken. Returns a function that stops listening. */
  subscribe(listener: (event: RunsEvent) => void): Promise<() => Promise<void>>;
}
