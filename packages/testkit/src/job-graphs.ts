import type { ArtifactStore } from '@toogit/artifacts';
import {
  type JobIdentity,
  type JobKind,
  type JobParams,
  jobKey,
  jobKinds,
  type PlannedJob,
} from '@toogit/catalogue';
import type { NewExperiment, ReadyJob, Runs } from '@toogit/runs';
import { storeSyntheticDataset } from './synthetic-dataset.js';

/** A job as the planner makes them, by hand. */
export function plannedJob<K extends JobKind>(
  kind: K,
  params: JobParams<K>,
  inputs: Record<string, string[]>,
  seed = 0,
): PlannedJob {
  const identity = { kind, params, seed, inputs } as JobIdentity;
  const { version, resource } = jobKinds[kind];
  return { ...identity, key: jobKey(identity), version, resource, estimate: { flops: 0, bytes: 0 } };
}

/** An experiment of these jobs, each a step. */
export function experimentOfJobs(jobs: PlannedJob[], more: { priority?: number } = {}): NewExperiment {
  const steps = jobs.map(({ kind, key }, i) => ({ name: `${kind}-${i}`, kind, jobKeys: [key] }));
  const facts = { name: 'test', spec: {}, resolvedSpec: {}, specDigest: 'none', study: null, profile: null };
  return { ...facts, plan: { jobs, steps }, idempotencyKey: null, ...more };
}

/**
 * Puts a synthetic data set in place of an import that waits, so that nothing is downloaded.
 * @returns the jobs that are ready by it
 */
export async function importSynthetic(
  { runs, artifacts }: { runs: Runs; artifacts: ArtifactStore },
  imported: PlannedJob,
  examples: number,
): Promise<ReadyJob[]> {
  const claim = await runs.claim(imported.key, 'test');
  if (claim === null) throw new Error('the data set was claimed by another');
  const { digest, manifest } = await storeSyntheticDataset(artifacts, { examples, split: 'train', seed: 1 });
  const { type, meta: result } = manifest;
  const parts = manifest.parts.map(({ name, sha256, bytes, mediaType }) => ({
    name,
    sha256,
    bytes,
    mediaType,
  }));
  const success = { artifact: { digest, type, bytes: 0, parts }, result };
  return runs.succeed(claim, { ...success, metrics: [], peakRssBytes: 0, provenance: {} });
}
