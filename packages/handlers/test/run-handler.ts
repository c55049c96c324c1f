import type { ArtifactStore, HostTensor, StoredManifest } from '@toogit/artifacts';
import { type JobKind, type JobParams, type JobProgress, jobKinds, type Metric } from '@toogit/catalogue';
import type { Checkpoints, DeviceCache, JobContext, JobInput } from '../src/context.js';
import { handlers } from '../src/index.js';

export interface HandlerRun {
  stored: StoredManifest;
  metrics: Metric[];
  progress: Partial<JobProgress>[];
}

export interface RunOptions {
  seed?: number;
  signal?: AbortSignal;
  yielding?: AbortSignal;
  checkpoint?: Checkpoints;
  deviceCache?: DeviceCache;
  restrictedImagenetDir?: string;
  onProgress?: (done: number) => void;
}

/** An input, and the job that made it; a job with its artifact's digest for a key unless given. */
export type TestInput = StoredManifest & { jobKey?: string };

/** Runs one job as a compute child would: in a context, its result checked, its manifest stored. */
export async function runHandler<K extends JobKind>(
  kind: K,
  artifacts: ArtifactStore,
  params: JobParams<K>,
  inputs: Record<string, TestInput[]>,
  options: RunOptions = {},
): Promise<HandlerRun> {
  const metrics: Metric[] = [];
  const progress: Partial<JobProgress>[] = [];
  const context: JobContext<K> = {
    kind,
    params: jobKinds[kind].params.parse(params) as JobParams<K>,
    seed: options.seed ?? 1,
    inputs: withJobKeys(inputs),
    artifacts,
    signal: options.signal ?? new AbortController().signal,
    yielding: options.yielding ?? new AbortController().signal,
    cacheDir: '/nonexistent',
    restrictedImagenetDir: options.restrictedImagenetDir ?? null,
    deviceCache: options.deviceCache ?? new KeepEverything(),
    progress: (update) => {
      progress.push(update);
      options.onProgress?.(update.done);
    },
    metric: (metric) => metrics.push(metric),
    checkpoint: options.checkpoint ?? new CheckpointInMemory(),
  };
  const output = await handlers[kind](context);
  const meta = jobKinds[kind].result.parse(output.meta) as Record<string, unknown>;
  return { stored: await artifacts.writeManifest({ ...output, meta }), metrics, progress };
}

const withJobKeys = (inputs: Record<string, TestInput[]>): Record<string, JobInput[]> =>
  Object.fromEntries(
    Object.entries(inputs).map(([role, list]) => [
      role,
      list.map((input) => ({ jobKey: input.digest, ...input })),
    ]),
  );

/** Keeps everything until told to let go. */
export class KeepEverything implements DeviceCache {
  readonly #entries = new Map<string, { value: unknown; dispose: () => void }>();

  async get<T>(key: string, load: () => Promise<{ value: T; bytes: number; dispose: () => void }>) {
    const entry = this.#entries.get(key) ?? (await load());
    this.#entries.set(key, entry);
    return entry.value as T;
  }

  clear(): void {
    for (const { dispose } of this.#entries.values()) dispose();
    this.#entries.clear();
  }
}

export class CheckpointInMemory implements Checkpoints {
  saved: { step: number; tensors: Record<string, HostTensor>; state: Record<string, unknown> } | null = null;

  async load() {
    return this.saved;
  }

  async save(step: number, tensors: Record<string, HostTensor>, state: Record<string, unknown>) {
    this.saved = { step, tensors, state: JSON.parse(JSON.stringify(state)) };
  }
}
