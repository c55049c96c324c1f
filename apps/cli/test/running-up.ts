import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const toogit = fileURLToPath(new URL('../bin/toogit.js', import.meta.url));

export interface CommandResult {
  code: number | null;
  out: string;
  err: string;
}

/** Runs one command to its end, piped. */
export async function runToogit(args: string[], env: Record<string, string> = {}): Promise<CommandResult> {
  const child = spawn(process.execPath, [toogit, ...args], { env: { ...process.env, ...env } });
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  child.stdin.end();
  const [code] = await once(child, 'close');
  return { code, out: out(), err: err() };
}

export interface RunningUp {
  url: string;
  pid: number;
  err(): string;
  /** Sends a signal and resolves with the exit code when the process is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts `toogit up` and waits until it is ready. Plain JavaScript does where nothing is computed. */
export async function startUp(stateDir: string, engine = ['--device', 'js']): Promise<RunningUp> {
  const args = ['up', '--json', '--state-dir', stateDir, '--port', '0', ...engine];
  const child = spawn(process.execPath, [toogit, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const err = collect(child.stderr);
  const ready = JSON.parse(await firstLine(child, err));
  return {
    url: ready.url,
    pid: ready.pid,
    err,
    async end(signal) {
      const gone = once(child, 'close'); // unlike `exit`: all that it wrote has been read
      child.kill(signal);
      const [code] = await gone;
      return code;
    },
  };
}

async function firstLine(child: ChildProcess, err: () => string): Promise<string> {
  const out = collect(child.stdout);
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => out().includes('\n') && resolve(out().split('\n')[0] ?? ''));
    child.once('exit', (code) => reject(new Error(`up ended with ${code}: ${err()}`)));
  });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
