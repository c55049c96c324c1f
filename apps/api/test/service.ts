import { type BlobStore, createArtifactStore, MemoryBlobStore } from '@toogit/artifacts';
import { type JobKind, jobKinds } from '@toogit/catalogue';
import { type Dispatcher, startDispatcher } from '@toogit/dispatch';
import { type Claim, openRuns, type Runs } from '@toogit/runs';
import { startPostgres } from '@toogit/testkit';
import type { FastifyInstance } from 'fastify';
import { type AccessMode, createApi } from '../src/index.js';

export interface TestService {
  api: FastifyInstance;
  runs: Runs;
  dispatcher: Dispatcher;
  blobs: BlobStore;
  postgres: { url: string; stop(): Promise<void> };
  stop(): Promise<void>;
}

/** The API over a Postgres of its own, BullMQ on that Postgres, and blobs in memory. */
export async function startTestService(access: AccessMode = { mode: 'open' }): Promise<TestService> {
  const postgres = await startPostgres();
  const runs = openRuns(postgres.url);
  await runs.migrate();
  const dispatcher = await startDispatcher({
    connection: { driver: 'postgres', url: postgres.url },
    runs,
  });
  const blobs = new MemoryBlobStore();
  const api = await createApi({ runs, dispatcher, blobs, access, logLevel: 'silent' });
  return {
    api,
    runs,
    dispatcher,
    blobs,
    postgres,
    async stop() {
      await api.close();
      await dispatcher.close();
      await runs.close();
      await postgres.stop();
    },
  };
}

/** A spec with one job, on as many examples as nobody else asked for. */
export function tinySpec(examples: number, name = 'tiny') {
  return {
    name,
    steps: { images: { kind: 'dataset', dataset: 'mnist', split: 'train', examples } },
  };
}

/** Plays the worker for one ready job: claims it. */
export async function claim(runs: Runs, jobKey: string): Promise<Claim> {
  const claimed = await runs.claim(jobKey, 'test-worker');
  if (!claimed) throw new Error(`job ${jobKey} is not ready`);
  return claimed;
}

/** Plays the worker to the end: stores `text` as the one part of an artifact with the given facts, and succeeds. */
export async function succeed(
  { runs, blobs }: TestService,
  jobKey: string,
  {
    meta,
    parts,
  }: { meta: Record<string, unknown>; parts: Record<string, [mediaType: string, text: string]> },
): Promise<string> {
  const claimed = await claim(runs, jobKey);
  const artifacts = createArtifactStore(blobs);
  const written = await Promise.all(
    Object.entries(parts).map(([name, [mediaType, text]]) =>
      artifacts.writeBytes(name, mediaType, new TextEncoder().encode(text)),
    ),
  );
  const type = jobKinds[claimed.kind as JobKind].output;
  const { digest } = await artifacts.writeManifest({ type, parts: written, meta });
  await runs.succeed(claimed, {
    artifact: { digest, type, bytes: written.reduce((sum, part) => sum + part.bytes, 0), parts: written },
    result: meta,
    metrics: [
      { name: 'examples', value: 10, unit: '1', step: null, n: 10, ci95: null, context: { split: 'train' } },
      { name: 'loss', value: 0.5, unit: '1', step: 1, n: null, ci95: [0.4, 0.6], context: {} },
    ],
    peakRssBytes: 1_000_000,
    provenance: { backend: 'test' },
  });
  return digest;
}
