import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ToogitError } from '@toogit/core';
import { lock } from 'proper-lockfile';

/** The owner renews its lock every 5 s; a lock left by a dead process is taken over after 20 s. */
const STALE_MS = 20_000;
const POLL_MS = 200;

/**
 * Runs `work` while no other process does for the same `path`; waits for its turn.
 * `work` is given a signal that fires when the caller aborts or the lock is lost.
 */
export async function withInstallLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const lost = new AbortController();
  const release = await acquire(path, signal, (error) => {
    lost.abort(
      new ToogitError('ENGINE_INSTALL_FAILED', 'another process took over the installation', {
        cause: error,
      }),
    );
  });
  try {
    return await work(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

async function acquire(
  path: string,
  signal: AbortSignal | undefined,
  onCompromised: (error: Error) => void,
): Promise<() => Promise<void>> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await lock(path, { realpath: false, stale: STALE_MS, update: 5000, onCompromised });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED')) throw error;
    }
    await delay(POLL_MS, undefined, signal ? { signal } : {});
  }
}
