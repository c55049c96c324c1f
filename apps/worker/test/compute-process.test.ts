import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ArtifactStore,
  createArtifactStore,
  openBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import { type JobParams, type JobProgress, jobKinds } from '@toogit/catalogue';
import type { Claim } from '@toogit/runs';
import { storeSyntheticDataset } from '@toogit/testkit';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ComputeProcess, type ComputeProcessOptions } from '../dist/compute-process.js';
import type { ComputeSettings } from '../dist/compute-settings.js';
import type { Outcome } from '../dist/messages.js';
import { cacheDir } from './cache-dir.js';
import { corrupt } from './corrupt.js';

const training: JobParams<'train'> = {
  architecture: 'resnet9',
  width: 0.0625,
  epochs: 2,
  batchSize: 32,
  learningRate: 0.1,
  schedule: { kind: 'constant' },
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
  augmentation: 'none',
  labelSmoothing: 0,
  depth: null,
  adversarial: null,
  precision: 'float32',
  checkpointEveryEpochs: 1,
};
const endless = { ...training, epochs: 100_000, checkpointEveryEpochs: 100_000 };

let directory: string;
let artifacts: ArtifactStore;
let dataset: StoredManifest;
let compute: ComputeProcess;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'toogit-compute-'));
  artifacts = createArtifactStore(await openBlobStore({ driver: 'filesystem', directory }));
  dataset = await storeSyntheticDataset(artifacts, { examples: 96, split: 'train', seed: 1 });
  compute = newCompute();
});

afterEach(async () => {
  await compute.close();
  await rm(directory, { recursive: true, force: true });
});

const settings = (): ComputeSettings => ({
  artifacts: { driver: 'filesystem', directory },
  device: 'cpu',
  threads: 1,
  cacheDir,
  restrictedImagenetDir: null,
});

function newCompute(options: Partial<ComputeProcessOptions> = {}): ComputeProcess {
  return new ComputeProcess({
    settings: settings(),
    log: pino({ level: 'silent' }),
    graceMs: 5_000,
    unresponsiveMs: 60_000,
    ...options,
  });
}

function trainJob(params: JobParams<'train'>): Claim {
  return {
    jobKey: 'train',
    attempt: 1,
    depth: 1,
    kind: 'train',
    version: jobKinds.train.version,
    params,
    seed: 1,
    inputs: { dataset: [{ jobKey: 'import', digest: dataset.digest }] },
    checkpoint: null,
    experimentIds: [],
    traceParent: null,
  };
}

/** Starts a job; `underWay` resolves at its first progress, `checkpointed` at its first checkpoint. */
function start(job: Claim, signal = new AbortController().signal) {
  const progress: JobProgress[] = [];
  const checkpoints: { step: number; digest: string }[] = [];
  const [underWay, tellProgress] = promised();
  const [checkpointed, tellCheckpoint] = promised();
  const outcome = compute.run(
    job,
    {
      progress: (update) => {
        progress.push(update);
        tellProgress();
      },
      checkpoint: (checkpoint) => {
        checkpoints.push(checkpoint);
        tellCheckpoint();
      },
    },
    signal,
  );
  return { outcome, underWay, checkpointed, progress, checkpoints };
}

function promised(): [Promise<void>, () => void] {
  let tell: () => void = () => undefined;
  return [
    new Promise<void>((resolve) => {
      tell = resolve;
    }),
    () => tell(),
  ];
}

function digestOf(outcome: Outcome): string {
  if (outcome.state !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return outcome.success.artifact.digest;
}

const pidOf = (process: ComputeProcess): number => {
  if (process.pid === undefined) throw new Error('no child runs');
  return process.pid;
};

describe('ComputeProcess', () => {
  it('runs a job and states artifact, progress, checkpoints, memory and provenance', async () => {
    const { outcome, progress, checkpoints } = start(trainJob(training));
    const result = await outcome;
    if (result.state !== 'succeeded') throw new Error(JSON.stringify(result));
    const { artifact, metrics, peakRssBytes, provenance } = result.success;
    const manifest = await artifacts.readManifest(artifact.digest);
    expect(manifest).toMatchObject({ type: 'model', meta: { trainedOn: 'synthetic', epochs: 2 } });
    expect(artifact.bytes).toBeGreaterThan(artifact.parts[0]?.bytes ?? Number.POSITIVE_INFINITY);
    expect(progress.at(-1)).toMatchObject({ done: 192, total: 192, unit: 'images' });
    // One in ten seconds at most.
    expect(checkpoints.map(({ step }) => step)).toEqual([3]);
    expect(metrics.map(({ name }) => name)).toContain('trainAccuracy');
    expect(peakRssBytes).toBeGreaterThan(50e6);
    expect(provenance).toMatchObject({ device: 'cpu', threads: 1, traced: true, node: process.version });
    expect(provenance.bfloat16).toBeTypeOf('boolean');
  });

  it('survives the death of its child, which goes on from its checkpoint to the same bytes', async () => {
    const long = { ...training, epochs: 20 };
    const whole = digestOf(await start(trainJob(long)).outcome);
    const first = start(trainJob(long));
    await first.checkpointed;
    const killed = pidOf(compute);
    process.kill(killed, 'SIGKILL');
    expect(await first.outcome).toMatchObject({
      state: 'failed',
      error: { code: 'COMPUTE_CRASHED', retryable: true, message: expect.stringContaining('SIGKILL') },
    });
    const last = first.checkpoints.at(-1) as { step: number; digest: string };
    const resumed = start({ ...trainJob(long), attempt: 2, checkpoint: last });
    expect(digestOf(await resumed.outcome)).toBe(whole);
    expect(pidOf(compute)).not.toBe(killed);
    expect(resumed.progress[0]?.done).toBe((last.step + 1) * 32);
  });

  it('stops at once when asked, and keeps its child for the next job', async () => {
    const stop = new AbortController();
    const { outcome, underWay } = start(trainJob(endless), stop.signal);
    await underWay;
    const pid = pidOf(compute);
    stop.abort();
    expect(await outcome).toEqual({ state: 'aborted' });
    expect(pidOf(compute)).toBe(pid);
    expect((await start(trainJob(training)).outcome).state).toBe('succeeded');
  });

  it('kills a child that does not stop within the grace time', async () => {
    compute = newCompute({ graceMs: 200 });
    const stop = new AbortController();
    const { outcome, underWay } = start(trainJob(endless), stop.signal);
    await underWay;
    process.kill(pidOf(compute), 'SIGSTOP');
    stop.abort();
    expect(await outcome).toEqual({ state: 'aborted' });
  });

  it('kills a child that has gone silent', async () => {
    compute = newCompute({ unresponsiveMs: 12_000 });
    const { outcome, underWay } = start(trainJob(endless));
    await underWay;
    process.kill(pidOf(compute), 'SIGSTOP');
    expect(await outcome).toMatchObject({
      state: 'failed',
      error: { code: 'COMPUTE_CRASHED', message: expect.stringContaining('silent') },
    });
  });

  it('does not take its own standstill for that of the child', async () => {
    compute = newCompute({ unresponsiveMs: 12_000 });
    const abort = new AbortController();
    const { outcome, underWay } = start(trainJob(endless), abort.signal);
    await underWay;
    // As SIGSTOP does, or a laptop that sleeps.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 13_000);
    await delay(2_000);
    abort.abort();
    expect(await outcome).toEqual({ state: 'aborted' });
  });

  it('names every blob that is lost, and quarantines a corrupt one', async () => {
    const [first, second] = dataset.manifest.parts.map(({ sha256 }) => sha256) as [string, string];
    const blobs = await openBlobStore({ driver: 'filesystem', directory });
    await corrupt(directory, first);
    await blobs.delete(second);
    const outcome = await start(trainJob(training)).outcome;
    expect(outcome).toMatchObject({ state: 'failed', error: { code: 'ARTIFACT_CORRUPT', digest: first } });
    expect(outcome.state === 'failed' && outcome.lostBlobs).toEqual([first, second]);
    expect(await blobs.size(first)).toBeNull();
  });

  it('refuses a job of another version of its handler', async () => {
    const outcome = await start({ ...trainJob(training), version: 99 }).outcome;
    expect(outcome).toMatchObject({ state: 'failed', error: { retryable: false } });
  });

  it('says before any job what engine it has, or why it has none', async () => {
    expect(await compute.prepare()).toMatchObject({ device: 'cpu', threads: 1, traced: true });
    const without = newCompute({ settings: { ...settings(), cacheDir: join(directory, 'empty') } });
    await expect(without.prepare()).rejects.toMatchObject({ code: 'ENGINE_MISSING' });
    expect(without.pid).toBeUndefined();
  });

  it('times its engine while there is no job, and leaves that for one that comes', async () => {
    await compute.prepare();
    expect(await compute.probe()).toEqual({
      trainStepSeconds: expect.any(Number),
      attackStepSeconds: expect.any(Number),
    });
    const probing = compute.probe();
    const { outcome } = start(trainJob(training));
    expect(compute.busy).toBe(true);
    expect(await probing).toBeNull();
    expect(await outcome).toMatchObject({ state: 'succeeded' });
    expect(compute.busy).toBe(false);
  });

  it('times the engine of its jobs in a new process, too', async () => {
    const probe = await compute.probe();
    // Without TensorFlow's library a step takes half a minute.
    expect(probe?.trainStepSeconds).toBeLessThan(5);
    expect(probe?.attackStepSeconds).toBeLessThan(5);
  });

  it('leaves no process behind', async () => {
    await start(trainJob(training)).outcome;
    const pid = pidOf(compute);
    await compute.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
