import type { ArtifactStore, BlobStore } from '@toogit/artifacts';
import { type JobKind, type JobProgress, type JobResult, jobKinds, type Metric } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { handlers, type JobContext, type JobInput } from '@toogit/handlers';
import type { Checkpoint, Claim, ClaimedInput, JobSuccess } from '@toogit/runs';
import { inSpan } from '@toogit/telemetry';
import { artifactCheckpoints } from './artifact-checkpoints.js';
import type { DeviceMemory } from './device-memory.js';
import type { Engine } from './engine-on-demand.js';
import { requireFinite, requireFiniteMetric } from './finite.js';
import { findLostBlobs } from './lost-blobs.js';
import type { Outcome } from './messages.js';
import { peakRss } from './peak-rss.js';
import { progressMeter } from './progress-meter.js';
import { machine, release } from './release.js';

/** What a compute child has at hand for every job. */
export interface ExecutionEnvironment {
  blobs: BlobStore;
  artifacts: ArtifactStore;
  deviceMemory: DeviceMemory;
  /** Starts the engine at its first call. */
  engine: Engine;
  cacheDir: string;
  restrictedImagenetDir: string | null;
  progress(progress: JobProgress): void;
  checkpoint(checkpoint: Checkpoint): void;
}

/** How a running job is made to end early (JobContext documents each). */
export interface Interruptions {
  signal: AbortSignal;
  yielding: AbortSignal;
}

/** Runs one job from its claim to its stored artifact; whatever goes wrong becomes its outcome. */
export async function executeJob(
  job: Claim,
  environment: ExecutionEnvironment,
  interruptions: Interruptions,
): Promise<Outcome> {
  const { signal, yielding } = interruptions;
  const peak = peakRss();
  try {
    const success = await compute(job, job.kind, environment, interruptions);
    return { state: 'succeeded', success: { ...success, peakRssBytes: peak.bytes() } };
  } catch (thrown) {
    if (signal.aborted || (yielding.aborted && thrown === yielding.reason)) return { state: 'aborted' };
    console.error(thrown);
    const error = ToogitError.from(thrown);
    return {
      state: 'failed',
      error: error.toJSON(),
      lostBlobs: await findLostBlobs(error, job, environment.artifacts),
      peakRssBytes: peak.bytes(),
    };
  } finally {
    environment.deviceMemory.endJob();
  }
}

async function compute<K extends JobKind>(
  job: Claim,
  kind: K,
  environment: ExecutionEnvironment,
  interruptions: Interruptions,
): Promise<Omit<JobSuccess, 'peakRssBytes'>> {
  requireVersion(job);
  const engineFacts = jobKinds[kind].resource === 'tensor' ? await environment.engine() : {};
  const metrics: Metric[] = [];
  const context = await jobContext(job, kind, environment, metrics, interruptions);
  const output = await inSpan('compute', () => handlers[kind](context));
  interruptions.signal.throwIfAborted();
  const meta = validResult(kind, output.meta);
  const { digest, manifest } = await environment.artifacts.writeManifest({ ...output, meta });
  const parts = manifest.parts.map(({ name, sha256, bytes, mediaType }) => ({
    name,
    sha256,
    bytes,
    mediaType,
  }));
  return {
    artifact: {
      digest,
      type: manifest.type,
      bytes: parts.reduce((sum, part) => sum + part.bytes, (await environment.blobs.size(digest)) ?? 0),
      parts,
    },
    result: meta,
    metrics,
    provenance: { release, ...machine, ...engineFacts },
  };
}

async function jobContext<K extends JobKind>(
  job: Claim,
  kind: K,
  environment: ExecutionEnvironment,
  metrics: Metric[],
  { signal, yielding }: Interruptions,
): Promise<JobContext<K>> {
  const measure = progressMeter();
  return {
    kind,
    params: jobKinds[kind].params.parse(job.params) as JobContext<K>['params'],
    seed: job.seed,
    inputs: await readInputs(job.inputs, environment.artifacts),
    artifacts: environment.artifacts,
    signal,
    yielding,
    cacheDir: environment.cacheDir,
    restrictedImagenetDir: environment.restrictedImagenetDir,
    deviceCache: environment.deviceMemory,
    progress: (update) => environment.progress(measure(update)),
    metric: (metric) => {
      requireFiniteMetric(metric);
      metrics.push(metric);
    },
    checkpoint: artifactCheckpoints(job.checkpoint, environment.artifacts, {
      onSaved: environment.checkpoint,
      yielding,
    }),
  };
}

async function readInputs(
  inputs: Claim['inputs'],
  artifacts: ArtifactStore,
): Promise<Record<string, JobInput[]>> {
  const read = async (input: ClaimedInput) => ({
    ...input,
    manifest: await artifacts.readManifest(input.digest),
  });
  const roles = Object.entries(inputs).map(
    async ([role, list]) => [role, await Promise.all(list.map(read))] as const,
  );
  return Object.fromEntries(await Promise.all(roles));
}

/** A job's key covers its handler's version; another version's result must not be stored under it. */
function requireVersion({ kind, version }: Claim): void {
  const ours = jobKinds[kind].version;
  if (version === ours) return;
  throw new ToogitError(
    'INTERNAL',
    `The job needs version ${version} of ${kind} and this worker has version ${ours}; run the same release everywhere and retry the experiment.`,
  );
}

function validResult<K extends JobKind>(kind: K, meta: JobResult<K>): JobResult<K> {
  requireFinite(meta, `The result of ${kind}`);
  const parsed = jobKinds[kind].result.safeParse(meta);
  if (parsed.success) return parsed.data as JobResult<K>;
  throw new ToogitError('JOB_RESULT_INVALID', `The result of ${kind} does not fit its schema.`, {
    details: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
}
