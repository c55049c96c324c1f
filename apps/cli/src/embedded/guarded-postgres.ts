import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@toogit/runs/embedded';

const checkEveryMs = 2_000;

/**
 * Embedded Postgres that is started again on the same port should its process die: whoever was connected connects
 * again, and work goes on.
 *
 * @throws DATABASE_UNAVAILABLE when it doesn't start the first time
 */
export async function startGuardedPostgres(
  directory: string,
  note: (message: string) => void,
): Promise<EmbeddedPostgres> {
  let postgres = await startEmbeddedPostgres({ directory });
  const { url } = postgres;
  const port = Number(new URL(url).port);
  const stopping = new AbortController();

  async function restart(): Promise<void> {
    note('Postgres has died; starting it again');
    try {
      postgres = await startEmbeddedPostgres({ directory, port });
      note('Postgres is up again');
    } catch (error) {
      note(`Postgres did not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async function guard(): Promise<void> {
    while (!stopping.signal.aborted) {
      await delay(checkEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted && (await refuses(port))) await restart();
    }
  }

  const guarding = guard();
  return {
    url,
    async stop() {
      stopping.abort();
      await guarding;
      await postgres.stop();
    },
  };
}

/** Whether the port is closed: the server is gone. (One that is merely slow still accepts.) */
function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (refused: boolean) => {
      socket.destroy();
      resolve(refused);
    };
    socket.once('connect', () => answer(false));
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code === 'ECONNREFUSED'));
    socket.setTimeout(checkEveryMs, () => answer(false));
  });
}
