import { openBlobStore } from '@toogit/artifacts';
import { loadConfig } from '@toogit/config';
import { startDispatcher } from '@toogit/dispatch';
import { ToogitError } from '@toogit/errors';
import { openRuns } from '@toogit/runs';
import { createApi } from './create-api.js';

/** The API as a service process: configured by the environment, stopped by SIGTERM or SIGINT. */

const sweepIntervalMs = 5_000;
const leaseMs = 30_000;
const stopWithinMs = 15_000;

/** What has been opened, to be closed in reverse. */
const closers: (() => Promise<void>)[] = [];

async function start(): Promise<void> {
  const config = loadConfig();
  const runs = openRuns(config.databaseUrl);
  closers.push(() => runs.close());
  await runs.migrate();
  const blobs = await openBlobStore(config.artifacts);
  const dispatcher = await startDispatcher({ connection: config.queue, runs });
  closers.push(() => dispatcher.close());
  dispatcher.startSweep({ intervalMs: sweepIntervalMs, leaseMs });
  const api = await createApi({ runs, dispatcher, blobs, logLevel: config.logLevel });
  closers.push(() => api.close());
  await api.listen(config.api);
}

async function stop(exitCode: number): Promise<void> {
  setTimeout(() => process.exit(1), stopWithinMs).unref();
  for (const close of closers.splice(0).reverse()) await close().catch(complain);
  process.exitCode = exitCode;
}

function complain(error: unknown): void {
  const { code, message, next } = ToogitError.from(error);
  process.stderr.write(`${code}: ${message} ${next}\n`);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));

try {
  await start();
} catch (error) {
  complain(error);
  await stop(1);
}
