import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { requireService } from './required.js';
import type { TestService } from './test-database.js';

/** The machine's redis-server on this or a free port, in a temporary directory; null, and a printed reason, if it has none. */
export async function startRedis(options: { port?: number } = {}): Promise<TestService | null> {
  const directory = await mkdtemp(join(tmpdir(), 'toogit-test-redis-'));
  const port = options.port ?? (await freePort());
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--maxmemory-policy', 'noeviction'],
    { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const failure = await ready(server);
  if (failure !== null) {
    await rm(directory, { recursive: true, force: true });
    requireService('redis', failure);
    return null;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGTERM');
        await once(server, 'exit');
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Null once it accepts connections, else why not. */
function ready(server: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let log = '';
    server.stdout?.on('data', (chunk) => {
      log += chunk;
      if (/ready to accept connections/i.test(log)) resolve(null);
    });
    server.once('error', () =>
      resolve('there is no redis-server on PATH (Debian: apt-get install redis-server)'),
    );
    server.once('exit', () => resolve(`redis-server ended: ${log.trim().split('\n').at(-1)}`));
  });
}
