import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createArtifactStore, openBlobStore } from '@toogit/artifacts';
import type { JobParams, PlannedJob } from '@toogit/catalogue';
import { cacheDirectory } from '@toogit/engine';
import { experimentOfJobs, importSynthetic, plannedJob, waitFor } from '@toogit/testkit';
import type { QueueServices } from '../queue/services.js';
import { ended } from './ended.js';

const startTimeoutMs = 120_000;
const training: JobParams<'train'> = {
  ...{ architecture: 'resnet9', depth: null, width: 0.25, epochs: 1, batchSize: 64, learningRate: 0.05 },
  ...{ schedule: { kind: 'linear', warmupFraction: 0.2 }, momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
  ...{
    augmentation: 'none',
    labelSmoothing: 0,
    adversarial: null,
    precision: 'float32',
    checkpointEveryEpochs: 1,
  },
};

/** Blocks of a real attack on workers as they are deployed: one thread each, compute processes and all. */
export class ComputingWorkers {
  readonly #data: PlannedJob;
  readonly #model: PlannedJob;
  readonly #workers: ChildProcess[] = [];
  #attacks = 0;

  constructor(
    readonly services: QueueServices,
    readonly directory: string,
    /** Of the data set, whose blocks are attacked. */
    readonly examples: number,
  ) {
    this.#data = plannedJob('dataset.import', { dataset: 'mnist', split: 'train', examples }, {});
    this.#model = plannedJob('train', training, { dataset: [this.#data.key] });
  }

  /** The data set is put in place of its import, so that nothing is downloaded; then the network is trained. */
  async prepare(): Promise<void> {
    const { runs } = this.services;
    const { experiment } = await runs.createExperiment(experimentOfJobs([this.#data, this.#model]));
    const blobs = await openBlobStore({ driver: 'filesystem', directory: this.directory });
    await importSynthetic({ runs, artifacts: createArtifactStore(blobs) }, this.#data, this.examples);
    await ended(this.services, experiment.id);
  }

  /** Starts one more, and waits until it takes jobs. */
  async start(): Promise<void> {
    const name = `computer-${this.#workers.length}`;
    const worker = spawn(process.execPath, [fileURLToPath(import.meta.resolve('@toogit/worker/main'))], {
      env: {
        ...process.env,
        DATABASE_URL: this.services.databaseUrl,
        REDIS_URL: this.services.redisUrl,
        TOOGIT_ARTIFACTS_DIR: this.directory,
        TOOGIT_DEVICE: 'cpu',
        TOOGIT_THREADS: '1',
        TOOGIT_WORKER_NAME: name,
        TOOGIT_CACHE_DIR: cacheDirectory(),
        LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    this.#workers.push(worker);
    await waitFor(
      async () => (await this.services.runs.listWorkers()).some((each) => each.name === name),
      startTimeoutMs,
    );
  }

  /** Seconds from the submission of the first blocks of an attack to their last result. */
  async attack(blocks: number, blockSize: number): Promise<number> {
    const params: Omit<JobParams<'attack'>, 'block'> = {
      ...{ norm: 'l2', epsilon: 1, stepSize: 0.1, steps: 40, targets: 'next' },
      ...{ randomStart: false, restarts: 1, gradientSamples: 1, precision: 'float32' },
    };
    const inputs = { sourceModel: [this.#model.key], dataset: [this.#data.key] };
    // Another seed each time: other jobs, of the attack that workers keep compiled, as in a study.
    const seed = ++this.#attacks;
    const jobs = Array.from({ length: blocks }, (_, i) =>
      plannedJob('attack', { ...params, block: { start: i * blockSize, count: blockSize } }, inputs, seed),
    );
    const startedAt = performance.now();
    const { experiment, ready } = await this.services.runs.createExperiment(
      experimentOfJobs([this.#data, this.#model, ...jobs]),
    );
    await this.services.dispatcher.push(ready);
    await ended(this.services, experiment.id);
    return (performance.now() - startedAt) / 1000;
  }

  /** Ends the worker that was started last. */
  async stop(): Promise<void> {
    const worker = this.#workers.pop();
    if (!worker || worker.exitCode !== null) return;
    const exited = once(worker, 'exit');
    worker.kill('SIGTERM');
    await exited;
  }

  async close(): Promise<void> {
    while (this.#workers.length > 0) await this.stop();
  }
}
