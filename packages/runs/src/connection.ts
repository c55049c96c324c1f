import type { Socket } from 'node:net';
import pTimeout from 'p-timeout';
import pg from 'pg';

/** How long a statement may take: the server ends it, and rolls it back. */
export interface Patience {
  statementMs: number;
}

/** Plans of 100,000 jobs, garbage collection. */
export const patient: Patience = { statementMs: 60_000 };
/** Claims, heartbeats and whatever else must be known to be done, or not, within a lease. */
export const prompt: Patience = { statementMs: 10_000 };

export const connectTimeoutMs = 10_000;
/** A statement that the server has not ended by so much after its time has met a server that is gone. */
const graceMs = 5_000;
const closeMs = 1_000;
const probeMs = 10_000;

/** The server notices a client that is gone, too, and gives back its locks. */
const serverSettings = {
  tcp_keepalives_idle: 30,
  tcp_keepalives_interval: 10,
  tcp_keepalives_count: 3,
};

/** Of every connection to Postgres but those of migrations, whose statements may take hours. */
export function connectionConfig(databaseUrl: string, { statementMs }: Patience): pg.ClientConfig {
  const settings = {
    // Prisma's adapter reads and writes times as if the session were in UTC.
    timezone: 'UTC',
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: statementMs,
    ...serverSettings,
  };
  return {
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  };
}

export function connectionPool(databaseUrl: string, max: number, patience: Patience): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(databaseUrl, patience), max });
  pool.on('connect', (client) => breakWhenSilent(client, patience.statementMs + graceMs));
  return pool;
}

/** A connection that is not a pool's. @throws where it cannot be had */
export async function openConnection(databaseUrl: string, patience: Patience): Promise<pg.Client> {
  const client = new pg.Client(connectionConfig(databaseUrl, patience));
  // A connection that breaks fails the query in hand; without a listener it would end the process, too.
  client.on('error', () => {});
  await client.connect();
  breakWhenSilent(client, patience.statementMs + graceMs);
  return client;
}

/** For a connection that stays, and on which nothing else arrives for long: without an answer it is broken. */
export function keepProbing(client: pg.Client): void {
  const timer = setInterval(() => {
    // The next one comes when this one is over.
    const probe = { milliseconds: probeMs, message: `Connection terminated: no answer within ${probeMs} ms` };
    pTimeout(client.query('SELECT 1'), probe).catch((error) => socketOf(client).destroy(error));
  }, 2 * probeMs);
  client.once('end', () => clearInterval(timer));
}

/** Also from a server that does not take leave. */
export async function disconnect(client: pg.Client): Promise<void> {
  const timer = setTimeout(() => socketOf(client).destroy(), closeMs);
  await client.end().catch(() => {});
  clearTimeout(timer);
}

/** What waits on it fails then, and the pool opens another one. */
function breakWhenSilent(client: pg.ClientBase, afterMs: number): void {
  const socket = socketOf(client);
  socket.setTimeout(afterMs, () => {
    socket.destroy(new Error(`Connection terminated: silent for ${afterMs} ms`));
  });
}

function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
