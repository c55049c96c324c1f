import { openBlobStore } from '@toogit/artifacts';
import { loadConfig } from '@toogit/config';
import { Closers, ToogitError } from '@toogit/core';
import { type Stores, startDispatcher } from '@toogit/dispatch';
import { openRuns } from '@toogit/runs';
import { artifactsOf, readHolder } from './state-directory.js';

/**
 * Opens database, queue and artifact store for as long as `work` takes: those that the environment of a service process
 * names, else those of the `toogit up` that runs on `stateDir`.
 *
 * @throws CONFIG_INVALID, STATE_DIR_IDLE, and what each of them throws when it can't be used
 */
export async function withStores<T>(
  stateDir: string,
  note: (message: string) => void,
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  const closers = new Closers();
  try {
    const config = loadConfig({ ...process.env, ...(await embeddedEnvironment(stateDir)) });
    const runs = openRuns(config.databaseUrl);
    closers.add('database', () => runs.close());
    await runs.check();
    const blobs = await openBlobStore(config.artifacts);
    await blobs.check();
    const dispatcher = await startDispatcher({
      ...{ connection: config.queue, runs },
      onError: (error) => note(error instanceof Error ? error.message : String(error)),
    });
    closers.add('queue', () => dispatcher.close(), 5_000);
    return await work({ runs, blobs, push: (jobs) => dispatcher.push(jobs) });
  } finally {
    await closers.closeAll();
  }
}

/** What the environment lacks when the service is embedded; nothing where DATABASE_URL names another. */
async function embeddedEnvironment(stateDir: string): Promise<Record<string, string>> {
  if (process.env.DATABASE_URL) return {};
  const databaseUrl = (await readHolder(stateDir))?.databaseUrl;
  if (!databaseUrl) {
    throw new ToogitError(
      'STATE_DIR_IDLE',
      `No \`toogit up\` runs on ${stateDir}, and DATABASE_URL is not set.`,
    );
  }
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: '',
    S3_BUCKET: '',
    TOOGIT_ARTIFACTS_DIR: artifactsOf(stateDir),
  };
}
