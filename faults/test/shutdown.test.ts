import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  createTestDatabase,
  freePort,
  type ProxyMode,
  ServiceProxy,
  startRedis,
  startS3,
  type TestService,
  waitFor,
} from '@toogit/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Store } from '../src/s3-store.js';

/** As docs/operations.md has it. */
const limitMs = { worker: 1_000 + 33_000, api: 27_000 };
const modes: ProxyMode[] = ['refuse', 'silent', 'half-open'];

type Name = 'postgres' | 'redis' | 's3';
const redis = await startRedis();
const s3 = await startS3();
afterAll(() => Promise.all([redis?.stop(), s3?.stop()]));

let database: TestService;
let directory: string;
let store: S3Store | null = null;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'toogit-shutdown-'));
  if (s3 !== null) store = await S3Store.create(s3);
});
afterAll(async () => {
  await database.stop();
  await rm(directory, { recursive: true, force: true });
});

const nowhere = 'http://127.0.0.1:1';

async function openProxies(): Promise<Record<Name, ServiceProxy>> {
  return {
    postgres: await ServiceProxy.to(database.url),
    redis: await ServiceProxy.to(redis?.url ?? nowhere),
    s3: await ServiceProxy.to(s3?.endpoint ?? nowhere),
  };
}

async function startService(app: 'worker' | 'api', proxies: Record<Name, ServiceProxy>) {
  const port = await freePort();
  const service = spawn(
    process.execPath,
    [fileURLToPath(new URL(`../../apps/${app}/dist/main.js`, import.meta.url))],
    {
      env: {
        ...process.env,
        DATABASE_URL: proxies.postgres.url,
        REDIS_URL: redis === null ? '' : proxies.redis.url,
        ...(store?.environment(proxies.s3.url) ?? { TOOGIT_ARTIFACTS_DIR: directory }),
        ...{ TOOGIT_DEVICE: 'js', TOOGIT_PORT: String(port), TOOGIT_WORKER_NAME: `worker-${port}` },
        ...{ TOOGIT_GRACE_MS: '1000', TOOGIT_SWEEP_MS: '500', LOG_LEVEL: 'info' },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  for (const output of [service.stdout, service.stderr])
    output.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  const started = () => /worker started|Server listening/.test(log);
  await waitFor(() => started() || service.exitCode !== null, 60_000);
  if (service.exitCode !== null) throw new Error(`the ${app} does not start: ${log}`);
  return service;
}

/** SIGTERM while the service is away. */
async function stopWithout(app: 'worker' | 'api', name: Name, mode: ProxyMode): Promise<void> {
  const proxies = await openProxies();
  const service: ChildProcess = await startService(app, proxies);
  try {
    await proxies[name].set(mode);
    // Whatever it does now and then has met the outage.
    await delay(2_000);
    const ended = once(service, 'exit');
    service.kill('SIGTERM');
    const late = delay(limitMs[app], ['late'], { ref: false });
    expect(await Promise.race([ended, late])).toEqual([0, null]);
  } finally {
    service.kill('SIGKILL');
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  }
}

const there: Record<Name, boolean> = { postgres: true, redis: redis !== null, s3: s3 !== null };
const cases = (['postgres', 'redis', 's3'] as const).flatMap((name) => modes.map((mode) => ({ name, mode })));

describe.each(['worker', 'api'] as const)('SIGTERM ends the %s in time, with 0, while', (app) => {
  for (const { name, mode } of cases) {
    const need = there[name] ? '' : ` (needs ${name})`;
    it.skipIf(!there[name])(`${name} is: ${mode}${need}`, () => stopWithout(app, name, mode), 120_000);
  }
});

describe('SIGTERM ends the API', () => {
  it('that still waits for a silent database at its start', async () => {
    const proxies = await openProxies();
    await proxies.postgres.set('silent');
    const service = spawn(
      process.execPath,
      [fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url))],
      {
        env: {
          ...process.env,
          DATABASE_URL: proxies.postgres.url,
          TOOGIT_ARTIFACTS_DIR: directory,
        },
        stdio: ['ignore', 'inherit', 'pipe'],
      },
    );
    await once(service, 'spawn');
    // Its modules are loaded: before, SIGTERM ends any process.
    await delay(3_000);
    const ended = once(service, 'exit');
    service.kill('SIGTERM');
    const late = delay(limitMs.api, ['late'], { ref: false });
    expect((await Promise.race([ended, late]))[0]).not.toBe('late');
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  }, 120_000);
});
