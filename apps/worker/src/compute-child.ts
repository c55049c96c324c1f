import { createArtifactStore, openBlobStore } from '@toogit/artifacts';
import type { SpeedProbe } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { below, inSpan, startTracing } from '@toogit/telemetry';
import type { ComputeSettings } from './compute-settings.js';
import { DeviceMemory } from './device-memory.js';
import { engineOnDemand } from './engine-on-demand.js';
import { type ExecutionEnvironment, executeJob } from './execute-job.js';
import type { FromChild, ToChild } from './messages.js';
import { tracedArtifacts } from './traced-artifacts.js';
import { deviceCacheBytes } from './worker-memory.js';

/** The compute child's entry: takes orders from its parent over IPC, and dies with it. */

const aliveMs = 1_000;

const tracing = startTracing('toogit-compute');
let environment: Promise<ExecutionEnvironment> | null = null;
let running: { abort: AbortController; yielding: AbortController } | null = null;
let probing: AbortController | null = null;

const send = (message: FromChild) => {
  if (process.connected) process.send?.(message);
};

process.on('message', (message: ToChild) => {
  if (message.type === 'start') environment = createEnvironment(message.settings);
  else if (message.type === 'prepare') void prepare();
  else if (message.type === 'probe') void probe();
  else if (message.type === 'abort') running?.abort.abort();
  else if (message.type === 'yield') running?.yielding.abort();
  else void run(message);
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C in a terminal reaches the whole process group; the parent decides when this process ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
setInterval(() => send({ type: 'alive' }), aliveMs);
// A parent that died while our modules were loading: its `disconnect` has gone by unheard.
if (!process.connected) process.exit(0);

async function createEnvironment(settings: ComputeSettings): Promise<ExecutionEnvironment> {
  const { artifacts, device, threads, cacheDir, restrictedImagenetDir } = settings;
  const blobs = await openBlobStore(artifacts);
  return {
    blobs,
    artifacts: tracedArtifacts(createArtifactStore(blobs)),
    deviceMemory: new DeviceMemory(deviceCacheBytes()),
    engine: engineOnDemand({ device, threads, cacheDir }),
    cacheDir,
    restrictedImagenetDir,
    progress: (progress) => send({ type: 'progress', progress }),
    checkpoint: (checkpoint) => send({ type: 'checkpoint', checkpoint }),
  };
}

function started(): Promise<ExecutionEnvironment> {
  if (environment === null) throw new Error('the first message must be start');
  return environment;
}

async function prepare(): Promise<void> {
  try {
    const { engine } = await started();
    send({ type: 'prepared', engine: await engine() });
  } catch (error) {
    send({ type: 'unusable', error: ToogitError.from(error).toJSON() });
  }
}

/** A job that comes meanwhile has the engine for itself after one step. */
async function probe(): Promise<void> {
  probing = new AbortController();
  const { signal } = probing;
  if (running !== null) probing.abort();
  const found = await timedEngine(signal).catch((error: unknown) => {
    if (!signal.aborted) console.error(error);
    return null;
  });
  send({ type: 'probed', probe: found });
}

/** Of the engine that jobs get: this process may be new, and TensorFlow without its library is hundreds of times slower. */
async function timedEngine(signal: AbortSignal): Promise<SpeedProbe> {
  const { engine } = await started();
  await engine();
  const { probeSpeed } = await import('@toogit/engine');
  return probeSpeed(signal);
}

async function run({ job }: Extract<ToChild, { type: 'run' }>): Promise<void> {
  running = { abort: new AbortController(), yielding: new AbortController() };
  const { abort, yielding } = running;
  probing?.abort();
  const [environment, { flush }] = await Promise.all([started(), tracing]);
  const outcome = await below(job.traceParent, () =>
    inSpan('job', () => executeJob(job, environment, { signal: abort.signal, yielding: yielding.signal }), {
      'toogit.job': job.jobKey,
      'toogit.kind': job.kind,
    }),
  );
  running = null;
  send({ type: 'finished', outcome, holds: environment.deviceMemory.digests });
  // The parent may end this process at any moment from now on.
  await flush();
}
