import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArtifactStore, createArtifactStore, openBlobStore } from '@toogit/artifacts';
import type { JobKind, JobParams, PlannedJob } from '@toogit/catalogue';
import { type Dispatcher, type QueueConnection, startDispatcher } from '@toogit/dispatch';
import { type Claim, type JobView, openRuns, type Runs } from '@toogit/runs';
import {
  createTestDatabase,
  experimentOfJobs,
  importSynthetic,
  plannedJob,
  type TestService,
  waitFor,
} from '@toogit/testkit';
import { pino } from 'pino';
import { startWorker, type Worker } from '../dist/index.js';
import { cacheDir } from './cache-dir.js';

export const deadlineMs = 120_000;

const training: JobParams<'train'> = {
  architecture: 'resnet9',
  width: 0.0625,
  epochs: 60,
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
export function experiment(train: Partial<JobParams<'train'>> = {}) {
  const imported = job('dataset.import', { dataset: 'mnist', split: 'train', examples: 96 }, {});
  // More than any worker has: nobody imports the real one.
  const data = { ...imported, estimate: { ...imported.estimate, memoryBytes: Number.MAX_SAFE_INTEGER } };
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

export const job = <K extends JobKind>(kind: K, params: JobParams<K>, inputs: Record<string, string[]>) =>
  plannedJob(kind, params, inputs, 7);

/** A database, a store and a queue of its own, and whatever works on them. */
export class TestEnvironment {
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

  /** Blobs are kept in `directory`, or in one of its own. */
  static async open(kept?: string): Promise<TestEnvironment> {
    const database = await createTestDatabase();
    const directory = kept ?? (await mkdtemp(join(tmpdir(), 'toogit-worker-')));
    const runs = openRuns(database.url);
    await runs.migrate();
    const dispatcher = await startDispatcher({ connection: { driver: 'postgres', url: database.url }, runs });
    dispatcher.startSweep({ intervalMs: 500, leaseMs: 6_000, repushMs: 5_000 });
    const artifacts = createArtifactStore(await openBlobStore({ driver: 'filesystem', directory }));
    return new TestEnvironment(database, directory, runs, dispatcher, artifacts);
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
      // A training takes a second or two: tests look at it on the way.
      heartbeatMs: 100,
    });
    this.#stops.push(() => worker.close());
    return worker;
  }

  /** A worker as a process of its own; `env` adds to its environment or takes from it. */
  startWorkerProcess(name: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
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
        ...env,
      },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    worker.stderr?.setEncoding('utf8');
    this.#stops.push(async () => {
      worker.kill('SIGKILL');
    });
    return worker;
  }

  /** Submits a graph; its data set, where it isn't there yet, is synthetic, put in place of the import. */
  async submit(
    { all, data }: Pick<ReturnType<typeof experiment>, 'all' | 'data'>,
    { priority = 0 } = {},
  ): Promise<string> {
    const { experiment: created } = await this.runs.createExperiment(experimentOfJobs(all, { priority }));
    if ((await this.runs.getJob(data.key)).state === 'succeeded') return created.id;
    await this.dispatcher.push(await importSynthetic(this, data, 96));
    return created.id;
  }

  async jobOf({ key }: PlannedJob): Promise<JobView> {
    return this.runs.getJob(key);
  }

  /** Digests by job, once the experiment has succeeded. */
  async digests(id: string, withinMs = deadlineMs): Promise<Record<string, string | null>> {
    await waitFor(async () => {
      const { state } = await this.runs.getExperiment(id);
      if (state === 'failed') {
        const { items: jobs } = await this.runs.listJobs(id, { limit: 200 });
        throw new Error(JSON.stringify(jobs.map(({ kind, error }) => ({ kind, error }))));
      }
      return state === 'succeeded';
    }, withinMs);
    const { items: jobs } = await this.runs.listJobs(id, { limit: 200 });
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

/** Compute children of a process, by what /proc says. */
export async function computeChildrenOf(parent: number): Promise<number[]> {
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

export const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
