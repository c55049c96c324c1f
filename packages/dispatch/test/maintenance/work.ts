import { createHash, randomUUID } from 'node:crypto';
import { createArtifactStore, MemoryBlobStore, sha256 } from '@toogit/artifacts';
import { type Claim, type JobSuccess, type NewExperiment, openRuns, type Runs } from '@toogit/runs';
import { createTestDatabase } from '@toogit/testkit';
import pg from 'pg';
import type { Stores } from '../../src/maintenance/stores.js';

/** A migrated database and an empty store; `pushed` is what went to the queue. */
export async function openStores() {
  const database = await createTestDatabase();
  const runs = openRuns(database.url);
  await runs.migrate();
  const sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  const blobs = new MemoryBlobStore();
  const pushed: string[] = [];
  const stores: Stores = {
    ...{ runs, blobs },
    push: async (jobs) => void pushed.push(...jobs.map(({ key }) => key)),
  };
  const stop = async () => {
    await sql.end();
    await runs.close();
    await database.stop();
  };
  return { stores, runs, blobs, pushed, sql, url: database.url, stop };
}

export const bytesOf = (text: string) => new TextEncoder().encode(text);

/** An experiment of independent jobs, the keys new unless given. */
export function experimentOf(keys = [keyOf(randomUUID())]): NewExperiment {
  const jobs = keys.map((key) => ({
    ...{ key, kind: 'synthesize' as const, version: 1, resource: 'tensor' as const, seed: 0 },
    ...{ params: { construction: 'd_det' as const }, inputs: {}, estimate: { flops: 0, bytes: 0 } },
  }));
  return {
    ...{ name: 'garbage', spec: {}, resolvedSpec: {}, specDigest: 'spec', study: null, profile: null },
    ...{ plan: { jobs, steps: [] }, idempotencyKey: null },
  } as NewExperiment;
}

/** Jobs of which each reads what the one before has made. */
export function chainOf(length: number): NewExperiment {
  const wanted = experimentOf(Array.from({ length }, () => keyOf(randomUUID())));
  const { jobs } = wanted.plan;
  for (const [i, job] of jobs.entries()) if (i > 0) job.inputs = { dataset: [jobs[i - 1]?.key ?? ''] };
  return wanted;
}

export const keyOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** Stores an artifact of these parts, as a handler does; what `succeed` is told of it. */
export async function storeArtifact(blobs: MemoryBlobStore, texts: string[]): Promise<JobSuccess> {
  const artifacts = createArtifactStore(blobs);
  const parts = [];
  for (const text of texts) parts.push(await artifacts.writeBytes(text, 'text/plain', bytesOf(text)));
  const { digest } = await artifacts.writeManifest({ type: 'dataset', parts, meta: {} });
  return { artifact: { digest, type: 'dataset', bytes: 1, parts }, ...nothingElse };
}

const nothingElse = { result: {}, metrics: [], peakRssBytes: 1, provenance: {} };

/** Creates an experiment of one job and carries it to its result. */
export async function finished(runs: Runs, blobs: MemoryBlobStore, texts: string[]) {
  const wanted = experimentOf();
  const { experiment } = await runs.createExperiment(wanted);
  const key = wanted.plan.jobs[0]?.key ?? '';
  const claim = (await runs.claim(key, 'worker')) as Claim;
  const success = await storeArtifact(blobs, texts);
  await runs.succeed(claim, success);
  return {
    id: experiment.id,
    key,
    digests: [success.artifact.digest, ...texts.map((t) => sha256(bytesOf(t)))],
  };
}

/** As if everything in the store had been there for ever. */
export function age(blobs: MemoryBlobStore): void {
  for (const digest of blobs.blobs.keys()) blobs.modifiedAt.set(digest, new Date(0));
}
