import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '@toogit/runs/embedded';

/**
 * `pass`: as if it were not there. `refuse`: connections are closed, and no new ones accepted. `slow`: every chunk waits
 * before it is passed on. `cut`: connections are broken off after some bytes. `silent`: connections are accepted, and
 * nothing that is sent arrives, as with a process that is frozen. `half-open`: so are those that were open, for good;
 * new ones work, as after a firewall has forgotten the old ones.
 */
export type ProxyMode = 'pass' | 'refuse' | 'slow' | 'cut' | 'silent' | 'half-open';

const slowMs = 200;
const cutAfterBytes = 3_000;

/** Stands between a service and those who use it. */
export class ServiceProxy {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  /** What is sent on these is lost. */
  readonly #silent = new WeakSet<Socket>();
  #server: Server | null = null;
  #mode: ProxyMode = 'pass';

  private constructor(
    target: string,
    private readonly port: number,
  ) {
    this.#target = new URL(target);
  }

  /** To the host and port of this URL. */
  static async to(target: string): Promise<ServiceProxy> {
    const proxy = new ServiceProxy(target, await freePort());
    await proxy.#listen();
    return proxy;
  }

  /** The service's URL, through the proxy: a container's port need not be one of 127.0.0.1. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async set(mode: ProxyMode): Promise<void> {
    this.#mode = mode;
    if (mode === 'silent' || mode === 'half-open') this.silence();
    if (mode === 'refuse') await this.close();
    else if (this.#server === null) await this.#listen();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  /** Of what is open, nothing passes any more, for good: a stream that lacks something in its middle is of no use. */
  silence(): void {
    for (const socket of this.#sockets) this.#silent.add(socket);
  }

  async #listen(): Promise<void> {
    const server = createServer((client) => this.#join(client));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
  }

  #join(client: Socket): void {
    const service = connect(Number(this.#target.port), this.#target.hostname);
    const end = () => {
      client.destroy();
      service.destroy();
    };
    for (const socket of [client, service]) {
      this.#sockets.add(socket);
      if (this.#mode === 'silent') this.#silent.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        end();
      });
      socket.on('error', end);
    }
    this.#relay(client, service, end);
    this.#relay(service, client, end);
  }

  #relay(from: Socket, to: Socket, end: () => void): void {
    let passed = 0;
    from.on('data', (chunk) => {
      if (this.#silent.has(from)) return;
      passed += chunk.length;
      if (this.#mode === 'cut' && passed > cutAfterBytes) return end();
      const send = () => {
        if (!to.destroyed && !to.write(chunk)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      };
      if (this.#mode !== 'slow') return send();
      // Paused, so that the chunks stay in order.
      from.pause();
      setTimeout(() => {
        from.resume();
        send();
      }, slowMs);
    });
    from.on('end', () => to.end());
  }
}
