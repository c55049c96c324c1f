import { claimStore, openBlobStore } from '@toogit/artifacts';
import { loadConfig } from '@toogit/config';
import { type Closers, onWarning, runProcess, ToogitError } from '@toogit/core';
import { startDispatcher, startMaintenance } from '@toogit/dispatch';
import { openRuns } from '@toogit/runs';
import { startTracing } from '@toogit/telemetry';
import { pino } from 'pino';
import { createApi } from './create-api.js';
import { logOptions } from './log-options.js';

/** The API as a service process: configured by the environment, stopped by SIGTERM or SIGINT. */

const maintenanceIntervalMs = 6 * 3_600_000;
const garbageGraceMs = 24 * 3_600_000;
/** For requests to be answered. */
const requestsMs = 10_000;

const log = pino(logOptions);
onWarning((warning) => log.warn({ err: warning }, 'warning of a library'));

async function start(closers: Closers): Promise<void> {
  const config = loadConfig();
  log.level = config.logLevel;
  const tracing = await startTracing('toogit-api');
  closers.add('tracing', () => tracing.stop());
  const runs = openRuns(config.databaseUrl);
  closers.add('database', () => runs.close());
  await runs.migrate();
  const blobs = await openBlobStore(config.artifacts);
  // A store that is away or misconfigured is logged at once; /readyz goes on reporting it.
  await claimStore(blobs, await runs.installationId()).catch((error: unknown) => {
    if (ToogitError.from(error).code === 'STORAGE_FOREIGN') throw error;
    complain(error);
  });
  const dispatcher = await startDispatcher({ connection: config.queue, runs, onError: complain });
  closers.add('queue', () => dispatcher.close(), 5_000);
  const { sweepMs: intervalMs, leaseMs, repushMs, maxJobMs } = config.recovery;
  dispatcher.startSweep({ intervalMs, leaseMs, repushMs, maxJobMs });
  const api = await createApi({
    ...{ runs, dispatcher, blobs, log },
    access: { mode: 'keys' },
    corsOrigins: config.api.corsOrigins,
    trustedProxies: config.api.trustedProxies,
    queue: config.queue,
    webhookTrustedHosts: config.webhookTrustedHosts,
  });
  closers.add('connections', async () => api.server.closeAllConnections());
  closers.add('requests', () => api.close(), requestsMs);
  const stopMaintenance = startMaintenance(
    { runs, blobs, push: (jobs) => dispatcher.push(jobs) },
    {
      ...{ intervalMs: maintenanceIntervalMs, graceMs: garbageGraceMs, onError: complain },
      onReport: (report) => log.info(report, 'maintenance'),
    },
  );
  closers.add('maintenance', stopMaintenance);
  await api.listen(config.api);
}

function complain(error: unknown): void {
  const { code, message, next } = ToogitError.from(error);
  process.stderr.write(`${code}: ${message} ${next}\n`);
}

await runProcess(start, { failed: complain, unclosed: complain });
