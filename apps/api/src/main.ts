import { openBlobStore } from '@toogit/artifacts';
import { loadConfig } from '@toogit/config';
import { startDispatcher } from '@toogit/dispatch';
import { ToogitError } from '@toogit/errors';
import { startUpkeep } from '@toogit/reconciler';
import { openRuns } from '@toogit/runs';
import { startTracing } from '@toogit/telemetry';
import { createApi } from './create-api.js';

/** The API as a service process: configured by the environment, stopped by SIGTERM or SIGINT. */

const stopWithinMs = 15_000;
const upkeepIntervalMs = 6 * 3_600_000;
const garbageGraceMs = 24 * 3_600_000;

/** What has been opened, to be closed in reverse. */
const closers: (() => Promise<void>)[] = [];

async function start(): Promise<void> {
  const config = loadConfig();
  const tracing = await startTracing('toogit-api');
  closers.push(() => tracing.stop());
  const runs = openRuns(config.databaseUrl);
  closers.push(() => runs.close());
  await runs.migrate();
  const blobs = await openBlobStore(config.artifacts);
  // A store that is away or misconfigured is said at once; /readyz goes on saying it.
  await blobs.check().catch(complain);
  const dispatcher = await startDispatcher({ connection: config.queue, runs, onError: complain });
  closers.push(() => dispatcher.close());
  const { sweepMs: intervalMs, leaseMs, repushMs } = config.recovery;
  dispatcher.startSweep({ intervalMs, leaseMs, repushMs });
  const api = await createApi({
    ...{ runs, dispatcher, blobs, logLevel: config.logLevel },
    access: { mode: 'keys' },
    corsOrigins: config.api.corsOrigins,
    trustedProxies: config.api.trustedProxies,
    queue: config.queue,
    webhookTrustedHosts: config.webhookTrustedHosts,
  });
  closers.push(() => api.close());
  const stopUpkeep = startUpkeep(
    { runs, blobs, push: (jobs) => dispatcher.push(jobs) },
    {
      ...{ intervalMs: upkeepIntervalMs, graceMs: garbageGraceMs, onError: complain },
      onReport: (report) => api.log.info(report, 'upkeep'),
    },
  );
  closers.push(stopUpkeep);
  await api.listen(config.api);
}

async function stop(exitCode: number): Promise<void> {
  process.exitCode = exitCode;
  setTimeout(() => process.exit(1), stopWithinMs).unref();
  for (const close of closers.splice(0).reverse()) await close().catch(complain);
}

function complain(error: unknown): void {
  const { code, message, next } = ToogitError.from(error);
  process.stderr.write(`${code}: ${message} ${next}\n`);
}

const started = start();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(
    signal,
    () =>
      void started.then(
        () => stop(0),
        () => {},
      ),
  );
}
await started.catch((error: unknown) => {
  complain(error);
  return stop(1);
});
