import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const restartMs = 500;
/** More than a worker of a cluster may take (docs/operations.md). */
const stopMs = 45_000;

/** Those that run. */
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/**
 * A process that is started again whenever it ends, as an orchestrator does. It has a process group of its own: Ctrl-C in
 * a terminal does not reach it.
 */
export class SupervisedProcess {
  #child: ChildProcess | null = null;
  #stopping = false;
  #running: Promise<void>;
  /** How often it was started. */
  starts = 0;

  /** @param environment is called at every start, with the number of starts so far */
  constructor(
    private readonly script: string,
    private readonly logFile: string,
    private readonly environment: (starts: number) => Record<string, string>,
  ) {
    this.#running = this.#keepRunning();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Nothing happens while it is between two lives. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Process ids of its children. */
  async children(): Promise<number[]> {
    if (this.pid === undefined) return [];
    const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(this.pid)]).catch(
      () => ({ stdout: '' }),
    );
    return stdout.split('\n').flatMap((line) => Number(line.trim()) || []);
  }

  /** SIGTERM; false if it had to be killed. */
  async stop(): Promise<boolean> {
    this.#stopping = true;
    const child = this.#child;
    child?.kill('SIGCONT');
    child?.kill('SIGTERM');
    const ended = this.#running.then(() => true);
    const timeout = new AbortController();
    const late = delay(stopMs, false, { signal: timeout.signal }).catch(() => false);
    const inTime = await Promise.race([ended, late]);
    timeout.abort();
    if (!inTime) this.#child?.kill('SIGKILL');
    await this.#running;
    return inTime;
  }

  /** SIGTERM, and it is started again; false if it had to be killed. */
  async restart(): Promise<boolean> {
    const child = this.#child;
    if (child === null) return true;
    const ended = once(child, 'exit').then(() => true);
    child.kill('SIGTERM');
    const timeout = new AbortController();
    const late = delay(stopMs, false, { signal: timeout.signal }).catch(() => false);
    const inTime = await Promise.race([ended, late]);
    timeout.abort();
    if (!inTime) child.kill('SIGKILL');
    await ended;
    return inTime;
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stopping) {
      const log = openSync(this.logFile, 'a');
      const child = spawn(process.execPath, [this.script], {
        env: { ...process.env, ...this.environment(this.starts) },
        stdio: ['ignore', log, log],
        detached: true,
      });
      children.add(child);
      closeSync(log);
      this.starts += 1;
      this.#child = child;
      await once(child, 'exit');
      children.delete(child);
      this.#child = null;
      if (!this.#stopping) await delay(restartMs);
    }
  }
}
