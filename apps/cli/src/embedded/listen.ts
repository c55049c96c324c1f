import { createServer } from 'node:net';

/** Whether nothing listens on the port of 127.0.0.1 now. */
export async function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The first free port from `first` on, among 20. */
export async function firstFreePort(first: number): Promise<number> {
  for (let port = first; port < first + 20; port++) if (await portIsFree(port)) return port;
  return 0;
}
