import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@toogit/runs/embedded';
import { startContainer } from './containers.js';
import { startProcess } from './local-process.js';
import { requireService } from './required.js';
import type { TestService } from './test-database.js';

export interface RedisOptions {
  port?: number;
  /** `no`: nothing is kept over a restart. */
  appendonly?: 'yes' | 'no';
  maxmemoryPolicy?: string;
  /** Asked of everybody; in the URL that is returned. */
  password?: string;
}

const image = 'redis:7-bookworm';

/**
 * Redis on this or a free port: a container where Docker answers, else the machine's redis-server in a temporary
 * directory; null, and a printed reason, if it has neither.
 */
export async function startRedis(options: RedisOptions = {}): Promise<TestService | null> {
  const { appendonly = 'yes', maxmemoryPolicy = 'noeviction', password = '' } = options;
  const settings = [
    ...['--save', '', '--appendonly', appendonly],
    ...['--maxmemory', '1gb', '--maxmemory-policy', maxmemoryPolicy],
    ...(password === '' ? [] : ['--requirepass', password]),
  ];
  const container = await startContainer(
    image,
    6379,
    (redis) => redis.withCommand(['redis-server', ...settings]),
    { hostPort: options.port },
  );
  const account = password === '' ? '' : `:${password}@`;
  if (container) return { ...container, url: container.url.replace('http://', `redis://${account}`) };
  const directory = await mkdtemp(join(tmpdir(), 'toogit-test-redis-'));
  const port = options.port ?? (await freePort());
  const server = await startProcess({
    command: 'redis-server',
    args: ['--port', String(port), '--bind', '127.0.0.1', ...settings],
    directory,
    ready: (log) => /ready to accept connections/i.test(log),
    absent: 'there is no redis-server on PATH (Debian: apt-get install redis-server)',
  });
  if ('failure' in server) {
    requireService('redis', server.failure);
    return null;
  }
  return { url: `redis://${account}127.0.0.1:${port}`, stop: server.stop };
}
