import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Above the well-known ports, below those that Linux gives to connections and to servers on port 0. */
const range = { from: 10_000, to: 32_768 };

/** A random free port of 127.0.0.1, of a range where no connection takes it before its server does. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(range.from, range.to);
    if (await portIsFree(port)) return port;
  }
}

/** Whether the port of 127.0.0.1 is free now. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
