import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  /** The database through the proxy. */
  url: string;
  /** From the next COMMIT on: `before` its acknowledgement arrives, or `after` it, all connections are cut. */
  cutCommit(when: 'before' | 'after', options?: { staysDown: boolean }): void;
  cuts(): number;
  stop(): Promise<void>;
}

/** A TCP proxy before a real Postgres, which breaks connections at the worst moment. */
export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let armed: 'before' | 'after' | null = null;
  let staysDown = false;
  let isDown = false;
  let cuts = 0;
  const cut = () => {
    armed = null;
    cuts += 1;
    isDown = staysDown;
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    if (isDown) return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.destroy());
    client.on('data', (chunk) => {
      const isCommit = armed === 'before' && chunk.includes('COMMIT');
      // Postgres has all of it before the connection ends, and commits.
      upstream.write(chunk, () => {
        if (isCommit) upstream.end(cut);
      });
    });
    upstream.on('data', (chunk) => {
      const isAcknowledged = armed === 'after' && chunk.includes('COMMIT');
      if (client.writable) client.write(chunk, () => isAcknowledged && cut());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    cutCommit: (when, options = { staysDown: false }) => {
      armed = when;
      staysDown = options.staysDown;
    },
    cuts: () => cuts,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
