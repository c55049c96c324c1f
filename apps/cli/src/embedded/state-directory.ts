import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ToogitError } from '@toogit/core';
import lockfile from 'proper-lockfile';

/** Who runs on a state directory; kept in `up.json` while it does. */
export interface Holder {
  pid: number;
  url: string | null;
  /** Of its Postgres, for commands that work beside the service. */
  databaseUrl: string | null;
  startedAt: string;
}

/** Everything an embedded service keeps, in one directory that only one process uses at a time. */
export interface StateDirectory {
  path: string;
  postgres: string;
  artifacts: string;
  logs: string;
  /** Makes the addresses known to a second `up`, to `doctor`, and to commands that work beside the service. */
  announce(url: string, databaseUrl: string): Promise<void>;
  release(): Promise<void>;
}

const staleMs = 5_000;

/**
 * Locks a state directory, creating it when missing. The lock of a holder that died is taken over once it is stale
 * (5 s); `onWait` is called when that has to be awaited.
 *
 * @throws STATE_DIR_IN_USE, naming pid and URL of the holder.
 */
export async function lockStateDirectory(
  directory: string,
  options: { onWait(message: string): void; onLost(error: Error): void },
): Promise<StateDirectory> {
  const path = resolve(directory);
  const logs = join(path, 'logs');
  await mkdir(logs, { recursive: true });
  const unlock = await acquire(path, options);
  const startedAt = new Date().toISOString();
  await writeHolder(path, { pid: process.pid, url: null, databaseUrl: null, startedAt });
  return {
    path,
    postgres: join(path, 'postgres'),
    artifacts: artifactsOf(path),
    logs,
    announce: (url, databaseUrl) => writeHolder(path, { pid: process.pid, url, databaseUrl, startedAt }),
    async release() {
      await rm(holderFile(path), { force: true });
      await unlock();
    },
  };
}

/** Where an embedded service keeps its artifacts. */
export const artifactsOf = (stateDir: string): string => join(resolve(stateDir), 'artifacts');

/** Who holds the directory now, or null. */
export async function readHolder(directory: string): Promise<Holder | null> {
  const text = await readFile(holderFile(directory), 'utf8').catch(() => null);
  if (text === null) return null;
  const holder = JSON.parse(text) as Holder;
  return isAlive(holder.pid) ? holder : null;
}

async function acquire(
  path: string,
  options: { onWait(message: string): void; onLost(error: Error): void },
): Promise<() => Promise<void>> {
  const deadline = Date.now() + 2 * staleMs;
  for (let waited = false; ; waited = true) {
    try {
      return await lockfile.lock(path, {
        lockfilePath: join(path, 'lock'),
        stale: staleMs,
        update: 1_000,
        onCompromised: options.onLost,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      const holder = await readHolder(path);
      if (holder !== null || Date.now() > deadline) throw inUse(path, holder);
      if (!waited) options.onWait('the last run on this directory ended abruptly; taking over its lock');
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

function inUse(path: string, holder: Holder | null): ToogitError {
  const who = holder === null ? 'another process' : `process ${holder.pid}`;
  const where = holder?.url ? ` at ${holder.url}` : '';
  return new ToogitError('STATE_DIR_IN_USE', `${path} is in use by ${who}${where}.`);
}

function holderFile(path: string): string {
  return join(path, 'up.json');
}

async function writeHolder(path: string, holder: Holder): Promise<void> {
  const file = holderFile(path);
  // The address of the database holds its password.
  await writeFile(`${file}.new`, JSON.stringify(holder), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
