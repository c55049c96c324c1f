import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, waitFor } from '@toogit/testkit';
import { writeImages } from './experiment.js';
import { workers } from './schedule.js';
import { type Closers, clear, type Services, startServices } from './services.js';
import { Submitter } from './submitter.js';
import { SupervisedProcess } from './supervised-process.js';

/** Leases and locks are short, so that a loss is mended within seconds. */
export const leaseMs = 6_000;
const recovery = {
  TOOGIT_SWEEP_MS: '2000',
  TOOGIT_LEASE_MS: String(leaseMs),
  TOOGIT_REPUSH_MS: '5000',
  TOOGIT_LOCK_MS: String(leaseMs),
};
/** Their sums have other last digits; with more threads alone they have the same for so small a network. */
const otherDevice = { TOOGIT_DEVICE: 'js' };
const readyWithinMs = 180_000;
const clearTries = 5;

export interface Cluster extends Services {
  /** Marks every process of this cluster in its environment. */
  mark: string;
  /** Where the processes log. */
  logs: string;
  api: SupervisedProcess;
  workers: SupervisedProcess[];
  submitter: Submitter;
  /** Makes it empty for the next run, and waits until it can be used. */
  renew(signal: AbortSignal): Promise<void>;
  /** All workers go on with another device, until `renew`; names those that had to be killed. */
  changeDevice(): Promise<string[]>;
  /** SIGTERM to the API and the workers; names those that had to be killed. */
  stopProcesses(): Promise<string[]>;
  /** Everything else, too. */
  stop(): Promise<void>;
}

/** Postgres, Redis, S3, one API and four workers, all real processes on this machine; logs go to a directory. */
export async function startCluster(logs: string): Promise<Cluster> {
  const closers: Closers = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return { ...(await start(logs, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(logs: string, closers: Closers): Promise<Omit<Cluster, 'stop'>> {
  const data = await mkdtemp(join(tmpdir(), 'toogit-faults-'));
  closers.push(() => rm(data, { recursive: true, force: true }));
  await rm(logs, { recursive: true, force: true });
  await mkdir(logs, { recursive: true });
  await writeImages(join(data, 'images'));
  const services = await startServices(data, closers);

  const mark = `${process.pid}-${Date.now()}-${await freePort()}`;
  const apiPort = await freePort();
  const environment = {
    ...services.environment,
    ...recovery,
    TOOGIT_FAULTS_MARK: mark,
    TOOGIT_PORT: String(apiPort),
    TOOGIT_METRICS_PORT: '',
    TOOGIT_DEVICE: 'cpu',
    TOOGIT_THREADS: '1',
    TOOGIT_GRACE_MS: '5000',
    TOOGIT_RESTRICTED_IMAGENET_DIR: join(data, 'images'),
  };
  let device: Record<string, string> = {};
  const supervise = (name: string, app: 'api' | 'worker') =>
    new SupervisedProcess(resolve(`apps/${app}/dist/main.js`), join(logs, `${name}.log`), (starts) => ({
      ...environment,
      ...device,
      // One that was killed keeps its name until its lease is over: the next life has another one.
      TOOGIT_WORKER_NAME: `${name}-${starts}`,
    }));
  const api = supervise('api', 'api');
  const all = Array.from({ length: workers }, (_, worker) => supervise(`worker-${worker}`, 'worker'));
  closers.push(() => Promise.all([api, ...all].map((process) => process.stop())));

  const { apiKey } = await services.runs.access.createKey({
    ...{ name: 'faults', scope: 'submit', projectId: 'default', requestsPerMinute: null, expiresAt: null },
  });
  const submitter = new Submitter(`http://127.0.0.1:${apiPort}`, apiKey);
  const processes = { api, ...Object.fromEntries(all.map((worker, i) => [`worker ${i}`, worker])) };
  const restartWorkers = async (other: Record<string, string>) => {
    device = other;
    const inTime = await Promise.all(all.map((worker) => worker.restart()));
    return inTime.flatMap((ended, i) => (ended ? [] : [`worker ${i}`]));
  };
  let round = 0;
  return {
    ...{ ...services, mark, logs, api, workers: all, submitter },
    renew: async (signal) => {
      await waitFor(async () => signal.aborted || (await submitter.ready()), readyWithinMs);
      signal.throwIfAborted();
      if (device === otherDevice) await restartWorkers({});
      submitter.accepted.clear();
      await persist(() => clear(services, round++));
    },
    changeDevice: () => restartWorkers(otherDevice),
    stopProcesses: async () => {
      const ends = Object.entries(processes).map(async ([name, each]) => ((await each.stop()) ? [] : [name]));
      return (await Promise.all(ends)).flat();
    },
  };
}

/** A sweep that holds what is cleared may make it the victim of a deadlock. */
async function persist(action: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (tries === clearTries) throw error;
      await delay(200 * tries);
    }
  }
}
