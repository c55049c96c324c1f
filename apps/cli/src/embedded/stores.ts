import { openBlobStore } from '@toogit/artifacts';
import { loadConfig } from '@toogit/config';
import { startDispatcher } from '@toogit/dispatch';
import type { Stores } from '@toogit/reconciler';
import { openRuns } from '@toogit/runs';
import { Closers } from './closers.js';

/**
 * Opens database, queue and artifact store as the environment of a service process names them, for as long as `work`
 * takes.
 *
 * @throws CONFIG_INVALID and what each of them throws when it can't be used
 */
export async function withStores<T>(
  note: (message: string) => void,
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  const closers = new Closers();
  try {
    const config = loadConfig();
    const runs = openRuns(config.databaseUrl);
    closers.add(() => runs.close());
    await runs.check();
    const blobs = await openBlobStore(config.artifacts);
    await blobs.check();
    const dispatcher = await startDispatcher({
      ...{ connection: config.queue, runs },
      onError: (error) => note(error instanceof Error ? error.message : String(error)),
    });
    closers.add(() => dispatcher.close());
    return await work({ runs, blobs, push: (jobs) => dispatcher.push(jobs) });
  } finally {
    await closers.closeAll();
  }
}
