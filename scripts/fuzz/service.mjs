/** The API as a process of its own over its own Postgres and Redis. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@toogit/client';
import { openRuns } from '@toogit/runs';
import { freePort, startPostgres, startRedis, waitFor } from '@toogit/testkit';

/** @returns {Promise<{url, runs, startWorker(): Promise<() => Promise<void>>, stop(): Promise<void>}>} */
export async function startService(logs) {
  const closers = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return { ...(await start(logs, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(logs, closers) {
  mkdirSync(logs, { recursive: true });
  const artifacts = mkdtempSync(join(tmpdir(), 'toogit-fuzz-'));
  closers.push(() => rmSync(artifacts, { recursive: true, force: true }));
  const postgres = await startPostgres();
  closers.push(() => postgres.stop());
  const redis = await startRedis();
  if (redis === null) throw new Error('There is no Docker, and no redis-server on PATH.');
  closers.push(() => redis.stop());
  const port = String(await freePort());
  const env = {
    ...process.env,
    ...{ DATABASE_URL: postgres.url, REDIS_URL: redis.url, S3_BUCKET: '', TOOGIT_ARTIFACTS_DIR: artifacts },
    ...{ TOOGIT_HOST: '127.0.0.1', TOOGIT_PORT: port, TOOGIT_METRICS_PORT: '', LOG_LEVEL: 'warn' },
    ...{ TOOGIT_DEVICE: 'js', TOOGIT_THREADS: '1' },
  };
  const startApp = (app) => {
    const stopApp = startProcess(`apps/${app}/dist/main.js`, env, join(logs, `${app}.log`));
    closers.push(stopApp);
    return stopApp;
  };
  startApp('api');
  const url = `http://127.0.0.1:${port}`;
  await waitFor(() => createClient(url).getReadiness(), 180_000);
  const runs = openRuns(postgres.url);
  closers.push(() => runs.close());
  return { url, runs, startWorker: () => startApp('worker') };
}

/** Returns what ends it; ending it twice is fine. */
function startProcess(script, env, logFile) {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', log, log] });
  closeSync(log);
  const exit = once(child, 'exit');
  return async () => {
    child.kill('SIGTERM');
    await exit;
  };
}
