import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ArtifactStore,
  createArtifactStore,
  openBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import { type Dispatcher, type QueueConnection, startDispatcher } from '@toogit/dispatch';
import {
  type JobIdentity,
  type JobKind,
  type JobParams,
  jobKey,
  jobKinds,
  type PlannedJob,
} from '@toogit/jobs';
import { type Claim, type JobView, openRuns, type Runs } from '@toogit/runs';
import { createTestDatabase, storeSyntheticDataset, type TestService, waitFor } from '@toogit/testkit';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorker, type Worker } from '../dist/index.js';
import { cacheDir } from './cache-dir.js';
import { corrupt } from './corrupt.js';

const deadlineMs = 120_000;

const training: JobParams<'train'> = {
  architecture: 'resnet9',
  width: 0.0625,
  epochs: 30,
  batchSize: 32,
  learningRate: 0.1,
  schedule: { kind: 'linear', warmupFraction: 0.2 },
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
  augmentation: 'flip-crop',
  labelSmoothing: 0,
  depth: null,
  adversarial: null,
  precision: 'float32',
  checkpointEveryEpochs: 2,
};

const pgd: Omit<JobParams<'attack'>, 'block'> = {
  norm: 'l2',
  epsilon: 1,
  stepSize: 0.1,
  steps: 400,
  targets: 'next',
  randomStart: false,
  restarts: 1,
  gradientSamples: 1,
  precision: 'float32',
};

/** Train, attack in two blocks, synthesise, evaluate: a small graph of every resource class. */
function experiment(train: Partial<JobParams<'train'>> = {}) {
  const data = job('dataset.import', { dataset: 'mnist', split: 'train', examples: 96 }, {});
  const model = job('train', { ...training, ...train }, { dataset: [data.key] });
  const blocks = [0, 48].map((start) =>
    job('attack', { ...pgd, block: { start, count: 48 } }, { sourceModel: [model.key], dataset: [data.key] }),
  );
  const adversarialExamples = blocks.map(({ key }) => key);
  const dDet = job('synthesize', { construction: 'd_det' }, { dataset: [data.key], adversarialExamples });
  const evaluation = job(
    'evaluate',
    { batchSize: 32 },
    { evaluatedModel: [model.key], dataset: [data.key], adversarialExamples },
  );
  return { data, model, blocks, dDet, evaluation, all: [data, model, ...blocks, dDet, evaluation] };
}

function job<K extends JobKind>(kind: K, params: JobParams<K>, inputs: Record<string, string[]>): PlannedJob {
  const identity = { kind, params, seed: 7, inputs } as JobIdentity;
  const { version, resource } = jobKinds[kind];
  return { ...identity, key: jobKey(identity), version, resource, estimate: { flops: 0, bytes: 0 } };
}

/** A database, a store and a queue of its own, and whatever works on them. */
class House {
  readonly #stops: (() => Promise<void>)[] = [];
  /** What workers in this process have claimed. */
  readonly claims: Claim[] = [];

  private constructor(
    readonly database: TestService,
    readonly directory: string,
    readonly runs: Runs,
    readonly dispatcher: Dispatcher,
    readonly artifacts: ArtifactStore,
  ) {}

  static async open(): Promise<House> {
    const database = await createTestDatabase();
    const directory = await mkdtemp(join(tmpdir(), 'toogit-worker-'));
    const runs = openRuns(database.url);
    await runs.migrate();
    const dispatcher = await startDispatcher({ connection: { driver: 'postgres', url: database.url }, runs });
    dispatcher.startSweep({ intervalMs: 500, leaseMs: 6_000, repushMs: 5_000 });
    const artifacts = createArtifactStore(await openBlobStore({ driver: 'filesystem', directory }));
    return new House(database, directory, runs, dispatcher, artifacts);
  }

  get connection(): QueueConnection {
    return { driver: 'postgres', url: this.database.url };
  }

  async startWorker(name = 'worker'): Promise<Worker> {
    const claimNext: Runs['claimNext'] = async (worker, query) => {
      const claimed = await this.runs.claimNext(worker, query);
      this.claims.push(...claimed);
      return claimed;
    };
    const worker = await startWorker({
      runs: { ...this.runs, claimNext },
      dispatcher: this.dispatcher,
      dispatchConnection: this.connection,
      artifactsConfig: { driver: 'filesystem', directory: this.directory },
      device: 'cpu',
      threads: 1,
      name,
      cacheDir,
      restrictedImagenetDir: null,
      log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
      heartbeatMs: 1_000,
    });
    this.#stops.push(() => worker.close());
    return worker;
  }

  /** A worker as a process of its own. */
  startWorkerProcess(name: string): ChildProcess {
    const worker = fork(new URL('../dist/main.js', import.meta.url), {
      env: {
        ...process.env,
        DATABASE_URL: this.database.url,
        TOOGIT_ARTIFACTS_DIR: this.directory,
        TOOGIT_DEVICE: 'cpu',
        TOOGIT_THREADS: '1',
        TOOGIT_WORKER_NAME: name,
        TOOGIT_CACHE_DIR: cacheDir,
        LOG_LEVEL: 'silent',
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#stops.push(async () => {
      worker.kill('SIGKILL');
    });
    return worker;
  }

  /** Submits a graph; its data set is synthetic, put in place of the import. */
  async submit({ all, data }: ReturnType<typeof experiment>): Promise<string> {
    const { experiment: created } = await this.runs.createExperiment({
      name: 'test',
      spec: {},
      resolvedSpec: {},
      specDigest: 'none',
      study: null,
      profile: null,
      plan: {
        jobs: all,
        steps: all.map(({ kind, key }, i) => ({ name: `${kind}-${i}`, kind, jobKeys: [key] })),
      },
      idempotencyKey: null,
    });
    const claim = await this.runs.claim(data.key, 'test');
    if (claim === null) throw new Error('the data set was claimed by another');
    const dataset = await storeSyntheticDataset(this.artifacts, { examples: 96, split: 'train', seed: 1 });
    await this.dispatcher.push(await this.runs.succeed(claim, successOf(dataset)));
    return created.id;
  }

  async jobOf({ key }: PlannedJob): Promise<JobView> {
    return this.runs.getJob(key);
  }

  /** Digests by job, once the experiment has succeeded. */
  async digests(id: string): Promise<Record<string, string | null>> {
    await waitFor(async () => {
      const { state } = await this.runs.getExperiment(id);
      if (state === 'failed') {
        const jobs = await this.runs.listJobs(id);
        throw new Error(JSON.stringify(jobs.map(({ kind, error }) => ({ kind, error }))));
      }
      return state === 'succeeded';
    }, deadlineMs);
    const jobs = await this.runs.listJobs(id);
    return Object.fromEntries(jobs.map(({ key, artifactDigest }) => [key, artifactDigest]));
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.toReversed()) await stop();
    await this.dispatcher.close();
    await this.runs.close();
    await this.database.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

function successOf({ digest, manifest }: StoredManifest) {
  const parts = manifest.parts.map(({ name, sha256, bytes, mediaType }) => ({
    name,
    sha256,
    bytes,
    mediaType,
  }));
  return {
    artifact: { digest, type: manifest.type, bytes: 0, parts },
    result: manifest.meta,
    metrics: [],
    peakRssBytes: 0,
    provenance: {},
  };
}

/** Compute children of a process, by what /proc says. */
async function computeChildrenOf(parent: number): Promise<number[]> {
  const children: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [stat, command] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '')),
    );
    const parentPid = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parentPid === parent && command?.includes('compute-child')) children.push(Number(entry));
  }
  return children;
}

const runs = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(process.platform !== 'linux')('a worker', () => {
  let undisturbed: Record<string, string | null>;
  let house: House;

  beforeAll(async () => {
    const calm = await House.open();
    try {
      await calm.startWorker();
      undisturbed = await calm.digests(await calm.submit(experiment()));
    } finally {
      await calm.close();
    }
  }, 2 * deadlineMs);

  beforeEach(async () => {
    house = await House.open();
  });
  afterEach(() => house.close());

  it(
    'runs a graph to success, with progress, metrics, memory and provenance, and leaves no process',
    async () => {
      const { model, evaluation, all } = experiment();
      const worker = await house.startWorker();
      const id = await house.submit(experiment());
      const seen = await waitFor(async () => (await house.jobOf(model)).progress, deadlineMs);
      expect(seen).toMatchObject({ unit: 'images', total: 30 * 96 });
      expect(await house.digests(id)).toEqual(undisturbed);
      expect(Object.keys(undisturbed)).toHaveLength(all.length);
      const metrics = await house.runs.listMetrics(id, { name: 'robustAccuracy' });
      expect(metrics).toMatchObject([{ jobKey: evaluation.key, n: 96, context: { whiteBox: true } }]);
      const [attempt] = (await house.jobOf(model)).attempts;
      expect(attempt).toMatchObject({ outcome: 'succeeded', provenance: { device: 'cpu', threads: 1 } });
      expect(attempt?.peakRssBytes).toBeGreaterThan(50e6);
      const children = await computeChildrenOf(process.pid);
      expect(children.length).toBeGreaterThan(0);
      await worker.close();
      expect(children.filter(runs)).toEqual([]);
    },
    2 * deadlineMs,
  );

  it(
    'goes on from a checkpoint when its child is killed in a training, to the same digests',
    async () => {
      const { model } = experiment();
      await house.startWorker();
      const id = await house.submit(experiment());
      await waitFor(async () => ((await house.jobOf(model)).progress?.done ?? 0) > 8 * 96, deadlineMs);
      for (const child of await computeChildrenOf(process.pid)) process.kill(child, 'SIGKILL');
      expect(await house.digests(id)).toEqual(undisturbed);
      const { attempts } = await house.jobOf(model);
      expect(attempts).toMatchObject([
        { outcome: 'failed', error: { code: 'COMPUTE_CRASHED' } },
        { outcome: 'succeeded' },
      ]);
      const resumed = house.claims.find(({ jobKey, attempt }) => jobKey === model.key && attempt === 2);
      expect(resumed?.checkpoint?.step).toBeGreaterThanOrEqual(6 * 3);
    },
    2 * deadlineMs,
  );

  it(
    'leaves an attack to another worker when it is killed itself, with the same digests',
    async () => {
      const { blocks } = experiment();
      const first = house.startWorkerProcess('first');
      const id = await house.submit(experiment());
      const isUnderWay = async (block: PlannedJob) => {
        const { state, progress } = await house.jobOf(block);
        return state === 'running' && (progress?.done ?? 0) > 0;
      };
      await waitFor(async () => (await Promise.all(blocks.map(isUnderWay))).includes(true), deadlineMs);
      const orphans = await computeChildrenOf(first.pid as number);
      first.kill('SIGKILL');
      await house.startWorker('second');
      expect(await house.digests(id)).toEqual(undisturbed);
      const attempts = (await Promise.all(blocks.map((block) => house.jobOf(block)))).flatMap(
        (b) => b.attempts,
      );
      expect(attempts.map(({ workerId, outcome }) => `${workerId} ${outcome}`)).toEqual(
        expect.arrayContaining(['first expired', 'second succeeded']),
      );
      await waitFor(() => !orphans.some(runs));
    },
    2 * deadlineMs,
  );

  it(
    'has a corrupt artifact made again, and comes to the same digests',
    async () => {
      const { model, blocks } = experiment();
      const worker = await house.startWorker();
      const id = await house.submit(experiment());
      await waitFor(async () => (await house.jobOf(model)).state === 'succeeded', deadlineMs);
      await worker.close();
      const { parts } = await house.runs.getArtifact((await house.jobOf(model)).artifactDigest as string);
      await corrupt(house.directory, parts[0]?.sha256 as string);
      await house.startWorker('second');
      expect(await house.digests(id)).toEqual(undisturbed);
      expect((await house.jobOf(model)).attempts.map(({ outcome }) => outcome)).toEqual([
        'succeeded',
        'succeeded',
      ]);
      const hit = (await Promise.all(blocks.map((block) => house.jobOf(block)))).flatMap((b) => b.attempts);
      expect(hit.map(({ error }) => error?.code)).toContain('ARTIFACT_CORRUPT');
      expect(await readdir(join(house.directory, 'quarantine'))).not.toEqual([]);
    },
    2 * deadlineMs,
  );

  it(
    'stops a computation whose experiment is cancelled',
    async () => {
      const endless = experiment({ epochs: 1_000_000, checkpointEveryEpochs: 1_000_000 });
      await house.startWorker();
      const id = await house.submit(endless);
      await waitFor(async () => (await house.jobOf(endless.model)).progress, deadlineMs);
      const cancelled = Date.now();
      await house.runs.cancelExperiment(id);
      await waitFor(async () => (await house.jobOf(endless.model)).state === 'cancelled', deadlineMs);
      expect(Date.now() - cancelled).toBeLessThan(2_000);
      const { attempts } = await house.jobOf(endless.model);
      expect(attempts).toMatchObject([{ outcome: 'cancelled' }]);
    },
    deadlineMs,
  );

  it(
    'gives its job back on SIGTERM, not counted, and ends with all its processes',
    async () => {
      const endless = experiment({ epochs: 1_000_000, checkpointEveryEpochs: 1_000_000 });
      const worker = house.startWorkerProcess('leaving');
      await house.submit(endless);
      await waitFor(async () => (await house.jobOf(endless.model)).progress, deadlineMs);
      const children = await computeChildrenOf(worker.pid as number);
      worker.kill('SIGTERM');
      await waitFor(() => worker.exitCode !== null || worker.signalCode !== null, deadlineMs);
      expect(worker.exitCode).toBe(0);
      const { state, attempts } = await house.jobOf(endless.model);
      expect(state).toBe('ready');
      expect(attempts).toMatchObject([{ outcome: 'released' }]);
      // It had none of its own accord: this is where it stopped.
      const next = await house.runs.claim(endless.model.key, 'next');
      expect(next?.checkpoint?.step).toBeGreaterThan(0);
      expect(children.filter(runs)).toEqual([]);
    },
    deadlineMs,
  );
});
