import { join } from 'node:path';
import { createApi, logOptions } from '@toogit/api';
import { openBlobStore } from '@toogit/artifacts';
import { loadConfig, type ServiceConfig } from '@toogit/config';
import { Closers, onWarning, ToogitError } from '@toogit/core';
import { startDispatcher, startMaintenance } from '@toogit/dispatch';
import { openRuns } from '@toogit/runs';
import { portIsFree } from '@toogit/runs/embedded';
import { pino } from 'pino';
import { startGuardedPostgres } from './guarded-postgres.js';
import { firstFreePort } from './listen.js';
import { lockStateDirectory, type StateDirectory } from './state-directory.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

export interface EmbeddedOptions {
  stateDir: string;
  /** null: 8080, or the next free one. 0: any free one. */
  port: number | null;
  threads: number | null;
  /** Worker processes; each computes with `threads`. */
  workers: number;
  device: ServiceConfig['worker']['device'];
  /** Told what happens, a sentence each. */
  note(message: string): void;
  /** Aborted while starting: what has started is stopped again and `start` rejects. */
  signal: AbortSignal;
}

export interface EmbeddedService {
  url: string;
  stateDir: string;
  /** Rejects if the service can't go on (its lock was taken). */
  failed: Promise<never>;
  /** Stops everything in order; the worker gives its job back first. */
  stop(): Promise<void>;
  /** Makes a `stop` under way impatient. */
  hurry(): void;
}

const sweepMs = 2_000;
const leaseMs = 15_000;
const workerGraceMs = 10_000;
const requestsMs = 10_000;
/** To write a checkpoint; then it is made to end. */
const postgresMs = 45_000;
const maintenanceIntervalMs = 6 * 3_600_000;
const garbageGraceMs = 24 * 3_600_000;

/**
 * The whole service in one process tree, its state in one directory: Postgres, the queue in the same Postgres, the API
 * in this process, the workers. The code paths are those of a real installation, with other drivers.
 *
 * @throws STATE_DIR_IN_USE, CONFLICT if an explicit port is taken, DATABASE_UNAVAILABLE, DATABASE_MIGRATION
 */
export async function startEmbeddedService(options: EmbeddedOptions): Promise<EmbeddedService> {
  const closers = new Closers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function start(options: EmbeddedOptions, closers: Closers): Promise<EmbeddedService> {
  const { note, signal } = options;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);

  const port = await choosePort(options.port);
  const state = await lockStateDirectory(options.stateDir, { onWait: note, onLost: fail });
  closers.add('state directory', () => state.release());
  signal.throwIfAborted();

  const postgres = await timed(note, 'Postgres', () => startGuardedPostgres(state.postgres, note));
  closers.add('Postgres', () => postgres.stop(), postgresMs);
  signal.throwIfAborted();

  const environment = workerEnvironment(options, state, postgres.url);
  const config = loadConfig({ ...process.env, ...environment });
  const runs = openRuns(config.databaseUrl);
  closers.add('database', () => runs.close());
  await runs.migrate();
  const log = fileLog(state, 'api', config.logLevel);
  onWarning((warning) => log.warn({ err: warning }, 'warning of a library'));
  const dispatcher = await startDispatcher({
    connection: config.queue,
    runs,
    onError: (error) => log.error({ err: error }, 'dispatcher'),
  });
  closers.add('queue', () => dispatcher.close(), 5_000);
  // Nobody else can be at work on this directory: what was running when it was left is ready again at once.
  await dispatcher.push(await runs.expireLeases(0));
  dispatcher.startSweep({ intervalMs: sweepMs, leaseMs });
  signal.throwIfAborted();

  const blobs = await openBlobStore(config.artifacts);
  const api = await createApi({
    ...{ runs, dispatcher, blobs, log },
    access: { mode: 'open' },
    queue: config.queue,
    webhookTrustedHosts: config.webhookTrustedHosts,
  });
  closers.add('connections', async () => api.server.closeAllConnections());
  closers.add('requests', () => api.close(), requestsMs);
  // Without keys it must stay on this machine.
  const url = await api.listen({ host: '127.0.0.1', port });
  note(`API at ${url}`);
  closers.add(
    'maintenance',
    startMaintenance(
      { runs, blobs, push: (jobs) => dispatcher.push(jobs) },
      {
        ...{ intervalMs: maintenanceIntervalMs, graceMs: garbageGraceMs },
        onReport: (report) => log.info(report, 'maintenance'),
        onError: (error) => log.error({ err: error }, 'maintenance'),
      },
    ),
  );

  const workers = Array.from({ length: options.workers }, (_, i) =>
    runWorker(i === 0 ? 'worker' : `worker-${i + 1}`, state, environment, note),
  );
  closers.add(
    'workers',
    () => Promise.all(workers.map((worker) => worker.stop(workerGraceMs))),
    workerGraceMs + 2_000,
  );
  await state.announce(url, config.databaseUrl);
  return {
    url,
    stateDir: state.path,
    failed,
    stop: () => closers.closeAll(),
    hurry() {
      for (const worker of workers) worker.kill();
      api.server.closeAllConnections();
    },
  };
}

/** Environment of a worker of this directory; an empty value hides what the shell may have set. */
function workerEnvironment(
  { threads, device }: EmbeddedOptions,
  state: StateDirectory,
  databaseUrl: string,
): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: '',
    S3_BUCKET: '',
    TOOGIT_ARTIFACTS_DIR: state.artifacts,
    TOOGIT_DEVICE: device,
    TOOGIT_GRACE_MS: '4000',
    ...(threads === null ? {} : { TOOGIT_THREADS: String(threads) }),
  };
}

function runWorker(
  name: string,
  state: StateDirectory,
  env: Record<string, string>,
  note: (message: string) => void,
): WorkerProcess {
  const logFile = join(state.logs, `${name}.log`);
  return startWorkerProcess({
    main: new URL('./main.js', import.meta.resolve('@toogit/worker')).href,
    env,
    logFile,
    onDeath: (reason, restartInMs) =>
      note(`${name} ended (${reason}), starts again in ${restartInMs / 1000} s; see ${logFile}`),
  });
}

function fileLog(state: StateDirectory, service: string, level: ServiceConfig['logLevel']) {
  const file = pino.destination({ dest: join(state.logs, `${service}.log`), sync: false });
  return pino({ level, base: { service }, ...logOptions }, file);
}

async function choosePort(port: number | null): Promise<number> {
  if (port === null) return firstFreePort(8080);
  if (port === 0 || (await portIsFree(port))) return port;
  throw new ToogitError(
    'CONFLICT',
    `Port ${port} of 127.0.0.1 is in use; leave --port out to take a free one.`,
  );
}

async function timed<T>(note: (message: string) => void, what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  note(`${what} is up (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return result;
}
