import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '@toogit/testkit';

/**
 * `pass`: as if it were not there. `refuse`: connections are closed, and no new ones accepted. `slow`: every chunk waits
 * before it is passed on. `cut`: connections are broken off after some bytes.
 */
export type ProxyMode = 'pass' | 'refuse' | 'slow' | 'cut';

const slowMs = 200;
const cutAfterBytes = 3_000;

/** Stands between a service and those who use it. */
export class ServiceProxy {
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #mode: ProxyMode = 'pass';

  private constructor(
    target: number,
    readonly port: number,
  ) {
    this.#target = target;
  }

  static async to(target: number): Promise<ServiceProxy> {
    const proxy = new ServiceProxy(target, await freePort());
    await proxy.#listen();
    return proxy;
  }

  async set(mode: ProxyMode): Promise<void> {
    this.#mode = mode;
    if (mode === 'refuse') await this.close();
    else if (this.#server === null) await this.#listen();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  async #listen(): Promise<void> {
    const server = createServer((client) => this.#join(client));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
  }

  #join(client: Socket): void {
    const service = connect(this.#target, '127.0.0.1');
    const end = () => {
      client.destroy();
      service.destroy();
    };
    for (const socket of [client, service]) {
      this.#sockets.add(socket);
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
