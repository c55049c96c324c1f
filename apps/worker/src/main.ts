import { claimStore, openBlobStore } from '@toogit/artifacts';
import { loadConfig } from '@toogit/config';
import { type Closers, onWarning, runProcess, ToogitError, withoutKeys } from '@toogit/core';
import { startDispatcher } from '@toogit/dispatch';
import { openRuns } from '@toogit/runs';
import { createWorkerMetrics, startMetricsServer, startTracing } from '@toogit/telemetry';
import { pino } from 'pino';
import { observed } from './observed-runs.js';
import { release } from './release.js';
import { closeLimitMs, startWorker } from './worker.js';

/** A worker as a process of its own: configured by the environment, stopped by SIGTERM or SIGINT. */

const log = pino({ base: { service: 'worker' }, hooks: { streamWrite: withoutKeys } });
onWarning((warning) => log.warn({ err: warning }, 'warning of a library'));

async function start(closers: Closers): Promise<void> {
  const config = loadConfig();
  log.level = config.logLevel;
  const tracing = await startTracing('toogit-worker');
  closers.add('tracing', () => tracing.stop());
  const metrics = createWorkerMetrics({ worker: config.worker.name, release });
  const runs = openRuns(config.databaseUrl);
  closers.add('database', () => runs.close());
  await runs.migrate();
  // Said now, not at the end of the first job.
  const blobs = await openBlobStore(config.artifacts);
  await blobs.check({ write: true });
  await claimStore(blobs, await runs.installationId());
  const dispatcher = await startDispatcher({
    connection: config.queue,
    runs,
    onError: (error) => log.warn({ err: error }, 'dispatcher'),
  });
  closers.add('queue', () => dispatcher.close(), 5_000);
  const { sweepMs: intervalMs, leaseMs, repushMs, maxJobMs, lockMs } = config.recovery;
  dispatcher.startSweep({ intervalMs, leaseMs, repushMs, maxJobMs });
  const { host } = config.api;
  const port = config.metricsPort;
  if (port !== null) {
    const server = await startMetricsServer(metrics, { host, port });
    closers.add('metrics', () => server.close());
  }
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
  closers.add('worker', () => worker.close(), closeLimitMs(config.worker.graceMs));
}

await runProcess(start, {
  failed: (thrown) => {
    const error = ToogitError.from(thrown);
    console.error(`${error.code}: ${error.message}\n${error.next}`);
  },
  stopping: (signal) => log.info({ signal }, 'stopping'),
  unclosed: (error) => log.warn({ err: error }, 'not everything could be closed'),
});
