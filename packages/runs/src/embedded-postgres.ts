import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ToogitError } from '@toogit/core';
import pg from 'pg';
import { freePort } from './free-port.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { type Account, chooseAccount, runAs, spawnAs } from './server-account.js';
import { commandOfProcess } from './server-process.js';

export { freePort, portIsFree } from './free-port.js';

export interface EmbeddedPostgresOptions {
  /** Everything lives here: `data/`, `password`, `server.log`. It survives restarts. */
  directory: string;
  /** A free one by default. */
  port?: number;
  /** More server settings, e.g. `{ fsync: 'off' }` for a throw-away database. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** Of the database `toogit`. */
  url: string;
  stop(): Promise<void>;
}

const user = 'toogit';
const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;
const quitTimeoutMs = 5_000;

/**
 * A Postgres server of our own, on 127.0.0.1. It has a process group of its own: Ctrl-C in a terminal doesn't reach it
 * (so that whoever uses it can finish first), and a crash of ours leaves it running; the next start finds and stops it.
 * Whoever calls makes sure that nobody else uses the directory.
 * @throws DATABASE_UNAVAILABLE with the end of the server's log
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await findPostgresBinaries();
  const directory = resolve(options.directory);
  const data = join(directory, 'data');
  await mkdir(directory, { recursive: true });
  const account = await chooseAccount(data, binaries.postgres);
  const password = await initialise(binaries.initdb, directory, data, account);
  await stopLeftover(binaries.pgCtl, data, account);
  const port = options.port ?? (await freePort());
  const url = (database: string) => `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
  const log = join(directory, 'server.log');
  const server = await start(binaries.postgres, data, port, options.settings ?? {}, log, account);
  try {
    await untilReady(server, url('postgres'), log);
    await createDatabase(url('postgres'), 'toogit');
  } catch (error) {
    await stop(server);
    throw error;
  }
  return { url: url('toogit'), stop: () => stop(server) };
}

/** Makes the data directory once; an interrupted attempt (no password file yet) starts over. Returns the password. */
async function initialise(
  initdb: string,
  directory: string,
  data: string,
  account: Account,
): Promise<string> {
  const passwordFile = join(directory, 'password');
  if (existsSync(passwordFile)) return readFile(passwordFile, 'utf8');
  const password = randomBytes(16).toString('hex');
  const newFile = `${passwordFile}.new`;
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { mode: 0o700 });
  await writeFile(newFile, password, { mode: 0o600 });
  const { uid, gid } = account;
  if (uid !== undefined && gid !== undefined)
    await Promise.all([data, newFile].map((path) => chown(path, uid, gid)));
  const result = await runAs(account, initdb, [
    ...['-D', data, '-U', user, `--pwfile=${newFile}`],
    ...['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256'],
  ]);
  if (result.code !== 0) {
    throw new ToogitError('DATABASE_UNAVAILABLE', `initdb failed in ${data}: ${result.output.trim()}`);
  }
  await rename(newFile, passwordFile);
  return password;
}

async function start(
  binary: string,
  data: string,
  port: number,
  settings: Record<string, string>,
  log: string,
  account: Account,
): Promise<ChildProcess> {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings, port: String(port) };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const file = await open(log, 'w', 0o600);
  try {
    return spawnAs(account, binary, ['-D', data, ...flags], {
      detached: true,
      stdio: ['ignore', file.fd, file.fd],
    });
  } finally {
    await file.close();
  }
}

async function untilReady(server: ChildProcess, url: string, log: string): Promise<void> {
  let ended = false;
  server.once('error', () => {
    ended = true;
  });
  server.once('exit', () => {
    ended = true;
  });
  const deadline = Date.now() + startTimeoutMs;
  while (!ended && Date.now() < deadline) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      // Only now may this process end without it.
      server.unref();
      return;
    } catch {
      await setTimeout(50);
    } finally {
      await client.end();
    }
  }
  const tail = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-12).join('\n');
  throw new ToogitError('DATABASE_UNAVAILABLE', `The embedded Postgres did not start:\n${tail}`);
}

/**
 * `fast` shutdown: ends sessions, writes a checkpoint. If that hangs, the next start replays the log instead; a server that
 * is stopped (SIGSTOP) obeys nothing but SIGKILL, and its sessions notice that it is gone.
 */
async function stop(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  server.ref();
  const exited = once(server, 'exit');
  server.kill('SIGINT');
  const impatient = globalThis.setTimeout(() => server.kill('SIGQUIT'), stopTimeoutMs);
  const last = globalThis.setTimeout(() => server.kill('SIGKILL'), stopTimeoutMs + quitTimeoutMs);
  await exited;
  clearTimeout(impatient);
  clearTimeout(last);
}

/**
 * Stops the server of a process that crashed. If the server has died as well, Postgres judges its pid file itself (it
 * looks for surviving sessions, too); but an id that belongs to a stranger by now it would take for a live server.
 */
async function stopLeftover(pgCtl: string, data: string, account: Account): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const command = await commandOfProcess(Number.parseInt(await readFile(pidFile, 'utf8'), 10));
  if (command?.includes('postgres') && command.includes(data)) {
    await runAs(account, pgCtl, ['stop', '-D', data, '-m', 'fast', '-w', '-t', '60', '-s']);
  } else if (command !== null) {
    await rm(pidFile, { force: true });
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
