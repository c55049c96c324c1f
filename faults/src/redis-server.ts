import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { freePort, waitFor } from '@toogit/testkit';
import { Redis } from 'ioredis';

/** A Redis with an append-only file that can be restarted where it is, with what it holds. */
export class RedisServer {
  #server: ChildProcess | null = null;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
  ) {}

  /** Past the proxy. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  static async start(directory: string): Promise<RedisServer> {
    await mkdir(directory, { recursive: true });
    const server = new RedisServer(directory, await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes'];
    const server = spawn('redis-server', [...args, '--maxmemory-policy', 'noeviction'], {
      cwd: this.directory,
      stdio: 'ignore',
      // Ctrl-C in a terminal does not reach it.
      detached: true,
    });
    const absent = new Promise<never>((_, reject) => {
      server.once('error', (cause) =>
        reject(new Error(`redis-server does not start: ${cause.message}`, { cause })),
      );
    });
    this.#server = server;
    await Promise.race([absent, waitFor(() => this.ask((client) => client.ping()), 30_000)]);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  }

  /** On a connection of its own, past the proxy. */
  async ask<T>(question: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis({ port: this.port, maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined);
    try {
      return await question(client);
    } finally {
      client.disconnect();
    }
  }
}
