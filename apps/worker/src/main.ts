import { openBlobStore } from '@toogit/artifacts';
import { loadConfig } from '@toogit/config';
import { startDispatcher } from '@toogit/dispatch';
import { ToogitError } from '@toogit/errors';
import { openRuns } from '@toogit/runs';
import { createWorkerMetrics, startMetricsServer, startTracing } from '@toogit/telemetry';
import { pino } from 'pino';
import { observed } from './observed-runs.js';
import { release } from './release.js';
import { startWorker } from './worker.js';

/** A worker as a process of its own: configured by the environment, stopped by SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = loadConfig();
  const log = pino({ level: config.logLevel, base: { service: 'worker' } });
  const tracing = await startTracing('toogit-worker');
  const metrics = createWorkerMetrics({ worker: config.worker.name, release });
  const runs = openRuns(config.databaseUrl);
  await runs.migrate();
  // Said now, not at the end of the first job.
  await (await openBlobStore(config.artifacts)).check({ write: true });
  const dispatcher = await startDispatcher({
    connection: config.queue,
    runs,
    onError: (error) => log.warn({ err: error }, 'dispatcher'),
  });
  const { sweepMs: intervalMs, leaseMs, repushMs, lockMs } = config.recovery;
  dispatcher.startSweep({ intervalMs, leaseMs, repushMs });
  const worker = await startWorker({
    runs: observed(runs, metrics),
    dispatcher,
    dispatchConnection: config.queue,
    artifactsConfig: config.artifacts,
    ...config.worker,
    lockMs,
    cacheDir: config.cacheDir,
    restrictedImagenetDir: config.restrictedImagenetDir,
    log,
  });
  const { host } = config.api;
  const port = config.metricsPort;
  const metricsServer = port === null ? null : await startMetricsServer(metrics, { host, port });

  const stop = async (signal: string) => {
    log.info({ signal }, 'stopping');
    await worker.close();
    await dispatcher.close();
    await runs.close();
    await metricsServer?.close();
    await tracing.stop();
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void stop(signal));
}

main().catch((thrown: unknown) => {
  const error = ToogitError.from(thrown);
  console.error(`${error.code}: ${error.message}\n${error.next}`);
  process.exit(1);
});
