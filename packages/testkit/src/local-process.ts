import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';

export interface LocalProcess {
  command: string;
  args: string[];
  /** Where it runs, removed when it stops. */
  directory: string;
  env?: Record<string, string>;
  /** Whether it is, by what it has printed so far; checked again every 50 ms, too. */
  ready(log: string): boolean | Promise<boolean>;
  /** The reason when there is no such program. */
  absent: string;
}

/** Starts a server of this machine; `failure` is why it cannot be had. */
export async function startProcess(
  wanted: LocalProcess,
): Promise<{ stop(): Promise<void> } | { failure: string }> {
  const { command, args, directory, env = {} } = wanted;
  const server = spawn(command, args, {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let failure: string | null = null;
  for (const output of [server.stdout, server.stderr]) {
    output.on('data', (chunk) => {
      log += chunk;
    });
  }
  server.once('error', () => {
    failure = wanted.absent;
  });
  server.once('exit', () => {
    failure ??= `${command} ended: ${log.trim().split('\n').at(-1)}`;
  });
  while (failure === null && !(await wanted.ready(log))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (failure !== null) {
    await rm(directory, { recursive: true, force: true });
    return { failure };
  }
  return {
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGTERM');
        await once(server, 'exit');
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}
