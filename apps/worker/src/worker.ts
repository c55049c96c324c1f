import { randomUUID } from 'node:crypto';
import { openBlobStore } from '@toogit/artifacts';
import { jobKinds, type ResourceClass } from '@toogit/catalogue';
import type { ServiceConfig } from '@toogit/config';
import { Closers } from '@toogit/core';
import type { WorkerAnnouncement } from '@toogit/runs';
import { ComputeProcess } from './compute-process.js';
import { announce } from './presence.js';
import { probeWhenIdle } from './probe-when-idle.js';
import { release } from './release.js';
import { type SlotsOptions, startSlots } from './slots.js';
import { StorageGate } from './storage-gate.js';
import { workerMemory } from './worker-memory.js';

export interface WorkerOptions extends Omit<SlotsOptions, 'mayClaim'> {
  artifactsConfig: ServiceConfig['artifacts'];
  device: ServiceConfig['worker']['device'];
  /** Threads TensorFlow may use; null is one a core. */
  threads: number | null;
  /** What it has for a job, if not what is left of its machine's memory. */
  memoryBytes?: number | null;
  /** Who claims the jobs; seen in attempts. */
  name: string;
  cacheDir: string;
  restrictedImagenetDir: string | null;
  /** How long running jobs may take to finish or save a checkpoint when the worker stops; 25 s unless given. */
  graceMs?: number;
  /** How long a cancelled computation may take to stop before it is killed. */
  cancelGraceMs?: number;
  /** A compute process that sends nothing for so long is killed. */
  unresponsiveMs?: number;
}

export interface Worker {
  /**
   * Takes no more jobs, lets the running ones finish or save a checkpoint, gives them back, ends all processes: within
   * `closeLimitMs`, whatever is away.
   */
  close(): Promise<void>;
}

/** For an attempt to stop once it must, and for what became of it to be recorded. */
const recordMs = 10_000;
const partMs = 3_000;

/** Running jobs, then queue, presence and compute processes. */
export function closeLimitMs(graceMs: number): number {
  return graceMs + recordMs + 3 * partMs;
}

const resources: ResourceClass[] = ['tensor', 'cpu'];

/**
 * Runs the jobs that come next in child processes: one at a time of those that compute with tensors, and beside it
 * one at a time of those that don't. The engine is started before the first job is taken.
 * @throws ENGINE_MISSING and whatever else hinders the engine, WORKER_NAME_TAKEN, QUEUE_UNAVAILABLE
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { runs, name, log, graceMs = 25_000 } = options;
  const draining = new AbortController();
  const stopping = new AbortController();
  const computes = resources.map(() => computeProcess(options));
  const closers = new Closers();
  closers.add('compute processes', () => Promise.all(computes.map((compute) => compute.close())), partMs);
  const close = async () => {
    draining.abort();
    const timer = setTimeout(() => stopping.abort(), graceMs);
    await closers.closeAll().catch((error) => log.warn({ err: error }, 'worker not closed in order'));
    clearTimeout(timer);
    log.info({ worker: name }, 'worker stopped');
  };
  try {
    const engine = await computes[0]?.prepare();
    log.info(engine, 'engine started');
    const device = engine?.device ?? 'none';
    const identity = announcement(name, device, options.memoryBytes ?? (await workerMemory(device)));
    const gate = new StorageGate(await openBlobStore(options.artifactsConfig), log);
    closers.add('storage gate', async () => gate.close(), partMs);
    const report = () => ({ holds: computes.flatMap(({ holds }) => holds), storageError: gate.error });
    const presence = await announce(runs, identity, report, log);
    closers.add('presence', () => presence.close(), partMs);
    // A step in plain JavaScript takes a minute, and nothing can end it.
    if (device !== 'js') {
      const [tensorCompute] = computes as [ComputeProcess, ...ComputeProcess[]];
      const probing = probeWhenIdle(tensorCompute, (probe) => runs.recordProbe(identity, probe), log);
      closers.add('probe', async () => probing.stop());
    }
    const slots = await Promise.all(
      resources.map((resource, i) => {
        const signals = { draining: draining.signal, stopping: stopping.signal };
        const compute = gate.watching(computes[i] as ComputeProcess);
        const mayClaim = () => gate.error === null;
        return startSlots(resource, [compute], identity, { ...options, mayClaim }, signals);
      }),
    );
    closers.add('queue', () => Promise.all(slots.map((each) => each.close())), partMs);
    closers.add('jobs', () => Promise.all(slots.map((each) => each.idle())), graceMs + recordMs);
  } catch (error) {
    await close();
    throw error;
  }
  log.info({ worker: name }, 'worker started');
  return { close };
}

function computeProcess(options: WorkerOptions): ComputeProcess {
  const { artifactsConfig: artifacts, device, threads, cacheDir, restrictedImagenetDir, log } = options;
  const { cancelGraceMs = 700, unresponsiveMs = 300_000 } = options;
  return new ComputeProcess({
    settings: { artifacts, device, threads, cacheDir, restrictedImagenetDir },
    log,
    graceMs: cancelGraceMs,
    unresponsiveMs,
  });
}

function announcement(name: string, device: string, memoryBytes: number): WorkerAnnouncement {
  const kinds = Object.fromEntries(Object.entries(jobKinds).map(([kind, { version }]) => [kind, version]));
  return { name, instance: randomUUID(), release, device, resources, memoryBytes, kinds };
}
