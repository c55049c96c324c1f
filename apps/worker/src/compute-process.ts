import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { JobProgress, SpeedProbe } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import type { Checkpoint, Claim } from '@toogit/runs';
import type { Logger } from 'pino';
import type { ComputeSettings } from './compute-settings.js';
import type { EngineFacts } from './engine-on-demand.js';
import type { FromChild, Outcome, ToChild } from './messages.js';

export interface ComputeListener {
  progress(progress: JobProgress): void;
  checkpoint(checkpoint: Checkpoint): void;
}

export interface ComputeProcessOptions {
  settings: ComputeSettings;
  log: Logger;
  /** How long an aborted job may take to stop before its process is killed. */
  graceMs: number;
  /** A child that sends nothing for so long hangs, and is killed. */
  unresponsiveMs: number;
}

interface Child {
  process: ChildProcess;
  /** The end of what it wrote to stderr, for the message of a crash. */
  stderr: string;
  /** Since its last message, as counted by the watchdog. */
  silentMs: number;
}

const stderrKept = 16_000;
const crashTextKept = 2_000;
const logLinesKept = 50;

/**
 * A child process that computes, one job at a time. Started when first needed; started anew after a crash, and after
 * a failure, which may have left memory behind.
 */
export class ComputeProcess {
  readonly #options: ComputeProcessOptions;
  #child: Child | null = null;
  #holds: string[] = [];
  #busy = false;

  constructor(options: ComputeProcessOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.process.pid;
  }

  /** Whether it runs a job. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Digests of the data sets and models on its device. */
  get holds(): string[] {
    return this.#holds;
  }

  /**
   * Starts child and engine before the first job, so that a worker without an engine fails at once and claims nothing.
   * @throws ENGINE_MISSING and whatever else hinders the engine, COMPUTE_CRASHED
   */
  async prepare(): Promise<EngineFacts> {
    const child = this.#child ?? this.#start();
    const answer = hear(child, (message) =>
      message.type === 'prepared' || message.type === 'unusable' ? message : undefined,
    );
    send(child, { type: 'prepare' });
    const message = await answer;
    if (message?.type === 'prepared') return message.engine;
    await this.close();
    throw message === null ? crash(child) : ToogitError.fromJSON(message.error);
  }

  /** Times the engine, in about two seconds; null if a job came meanwhile, or it failed. */
  async probe(): Promise<SpeedProbe | null> {
    const child = this.#child ?? this.#start();
    const answer = hear(child, (message) => (message.type === 'probed' ? message : undefined));
    send(child, { type: 'probe' });
    return (await answer)?.probe ?? null;
  }

  /**
   * Runs a job to its outcome; never rejects. `signal` requests that it stops, and after the grace time makes it; `yielding`
   * requests that it stops where that costs nothing.
   */
  async run(
    job: Claim,
    listener: ComputeListener,
    signal: AbortSignal,
    yielding?: AbortSignal,
  ): Promise<Outcome> {
    this.#busy = true;
    const child = this.#child ?? this.#start();
    child.silentMs = 0;
    child.stderr = '';
    const finished = outcomeOf(child, listener, (holds) => {
      this.#holds = holds;
    });
    const guard = this.#guard(child, signal, yielding);
    send(child, { type: 'run', job });
    const outcome = await finished;
    guard.stop();
    this.#busy = false;
    if (outcome.state !== 'failed') return outcome;
    await this.close();
    return signal.aborted ? { state: 'aborted' } : { ...outcome, logTail: logTail(child) };
  }

  /** Ends the child, at once: its store is content-addressed, so nothing can be left half written. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    this.#holds = [];
    await kill(child);
  }

  #start(): Child {
    const started = fork(new URL('./compute-child.js', import.meta.url), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const child: Child = { process: started, stderr: '', silentMs: 0 };
    const log = this.#options.log.child({ childPid: started.pid });
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      child.stderr = (child.stderr + text).slice(-stderrKept);
      log.debug({ stderr: text.trimEnd() }, 'compute process wrote to stderr');
    });
    started.on('message', () => {
      child.silentMs = 0;
    });
    started.once('error', (error) => log.error({ err: error }, 'compute process failed'));
    started.once('exit', (code, exitSignal) => {
      log.info({ code, signal: exitSignal }, 'compute process ended');
      if (this.#child !== child) return;
      this.#child = null;
      this.#holds = [];
    });
    log.info('compute process started');
    send(child, { type: 'start', settings: this.#options.settings });
    this.#child = child;
    return child;
  }

  /** Relays an abort, and kills a child that doesn't heed it or has gone silent. */
  #guard(child: Child, signal: AbortSignal, yielding?: AbortSignal): { stop(): void } {
    const { graceMs, unresponsiveMs, log } = this.#options;
    let grace: NodeJS.Timeout | undefined;
    const abort = () => {
      send(child, { type: 'abort' });
      grace = setTimeout(() => void kill(child), graceMs);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const makeRoom = () => send(child, { type: 'yield' });
    if (yielding?.aborted) makeRoom();
    else yielding?.addEventListener('abort', makeRoom, { once: true });
    // Counted, not read from the clock: when this very process was stopped (SIGSTOP, a laptop asleep), its timers run before
    // it reads what the child has sent.
    const intervalMs = Math.min(1000, unresponsiveMs / 2);
    const watchdog = setInterval(() => {
      child.silentMs += intervalMs;
      if (child.silentMs < unresponsiveMs) return;
      log.error({ childPid: child.process.pid, unresponsiveMs }, 'compute process is silent: killing it');
      child.stderr += `\nkilled: silent for ${unresponsiveMs / 1000} s`;
      void kill(child);
    }, intervalMs);
    return {
      stop: () => {
        clearTimeout(grace);
        clearInterval(watchdog);
        signal.removeEventListener('abort', abort);
        yielding?.removeEventListener('abort', makeRoom);
      },
    };
  }
}

/** The child's word on its job, or its death. */
async function outcomeOf(
  child: Child,
  listener: ComputeListener,
  onHolds: (digests: string[]) => void,
): Promise<Outcome> {
  const outcome = await hear(child, (message) => {
    if (message.type === 'progress') listener.progress(message.progress);
    else if (message.type === 'checkpoint') listener.checkpoint(message.checkpoint);
    if (message.type !== 'finished') return undefined;
    onHolds(message.holds);
    return message.outcome;
  });
  return outcome ?? { state: 'failed', error: crash(child).toJSON(), lostBlobs: [], peakRssBytes: null };
}

/** Listens until `pick` returns something; null if the child dies before. */
function hear<T>({ process }: Child, pick: (message: FromChild) => T | undefined): Promise<T | null> {
  return new Promise((resolve) => {
    const settle = (answer: T | null) => {
      process.off('message', onMessage).off('close', onDeath).off('error', onDeath);
      resolve(answer);
    };
    const onMessage = (message: FromChild) => {
      const picked = pick(message);
      if (picked !== undefined) settle(picked);
    };
    const onDeath = () => settle(null);
    process.on('message', onMessage).once('close', onDeath).once('error', onDeath);
  });
}

function crash({ process, stderr }: Child): ToogitError {
  const { signalCode, exitCode } = process;
  const how = signalCode === null ? `exited with code ${exitCode}` : `was killed by ${signalCode}`;
  return new ToogitError(
    'COMPUTE_CRASHED',
    `The compute process ${how}. ${stderr.trim().slice(-crashTextKept)}`.trim(),
  );
}

function logTail({ stderr }: Child): string {
  return stderr.trim().split('\n').slice(-logLinesKept).join('\n');
}

/** A child that is gone gets no message; its death is reported by `exit`. */
function send({ process }: Child, message: ToChild): void {
  if (process.connected) process.send(message, () => undefined);
}

async function kill({ process }: Child): Promise<void> {
  if (process.pid === undefined || process.exitCode !== null || process.signalCode !== null) return;
  // Its last words have been read by then, too.
  const exited = once(process, 'close');
  process.kill('SIGKILL');
  await exited;
}
