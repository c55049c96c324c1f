import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface WorkerProcessOptions {
  /** URL of the module to run. */
  main: string;
  env: Record<string, string>;
  logFile: string;
  /** Told of every unexpected end; the worker is started again by itself. */
  onDeath(reason: string, restartInMs: number): void;
}

export interface WorkerProcess {
  pid(): number | null;
  /** Lets the worker give its job back and end; kills it after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

const restartDelaysMs = [250, 1_000, 5_000, 15_000];

/**
 * One worker, kept alive: forked in a process group of its own (so a Ctrl-C at the terminal reaches only us, and we
 * stop things in order), tied to us by its IPC channel, started again with growing delays when it dies.
 */
export function startWorkerProcess(options: WorkerProcessOptions): WorkerProcess {
  let child: ChildProcess | null = null;
  let stopping = false;
  let deaths = 0;
  let timer: NodeJS.Timeout | undefined;

  function start(): void {
    const startedAt = Date.now();
    // A file, not a pipe to us: a worker whose parent was killed still has to log, and to end in order.
    const log = openSync(options.logFile, 'a');
    const worker = fork(new URL('./worker-entry.js', import.meta.url), [options.main], {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    worker.on('error', (error) => options.onDeath(error.message, 0));
    worker.on('exit', (code, signal) => {
      child = null;
      killGroup(worker);
      if (stopping) return;
      if (Date.now() - startedAt > 60_000) deaths = 0;
      const delayMs = restartDelaysMs[Math.min(deaths++, restartDelaysMs.length - 1)] ?? 15_000;
      options.onDeath(signal === null ? `exit code ${code}` : `signal ${signal}`, delayMs);
      timer = setTimeout(start, delayMs);
    });
    child = worker;
  }

  start();
  return {
    pid: () => child?.pid ?? null,
    kill() {
      stopping = true;
      clearTimeout(timer);
      if (child !== null) killGroup(child);
    },
    async stop(graceMs) {
      stopping = true;
      clearTimeout(timer);
      const worker = child;
      if (worker !== null) await endProcess(worker, graceMs);
    },
  };
}

/** SIGTERM, then SIGKILL after `graceMs`; resolves when the process is gone. */
async function endProcess(worker: ChildProcess, graceMs: number): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = new Promise<void>((done) => worker.once('exit', () => done()));
  worker.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(worker), graceMs);
  await gone;
  clearTimeout(timer);
  killGroup(worker);
}

/** The worker leads a process group that its compute processes belong to. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
