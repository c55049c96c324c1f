import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startRedis, startS3, type TestS3 } from '@toogit/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestEnvironment } from './test-environment.js';

const deadlineMs = 60_000;

let environment: TestEnvironment;
beforeAll(async () => {
  environment = await TestEnvironment.open();
}, deadlineMs);
afterAll(() => environment.close());

/** A worker that finds this in its environment ends at once and says so: one line of code and reason, one of advice. */
async function expectRefusal(env: NodeJS.ProcessEnv, code: string, reason: RegExp): Promise<void> {
  const worker: ChildProcess = environment.startWorkerProcess('unlucky', env);
  const [complaint, [exitCode]] = await Promise.all([
    text(worker.stderr as NodeJS.ReadableStream),
    once(worker, 'exit'),
  ]);
  expect(exitCode, complaint).toBe(1);
  expect(complaint).toMatch(new RegExp(`^${code}: `, 'm'));
  expect(complaint).toMatch(reason);
  expect(await environment.runs.listWorkers()).toEqual([]);
}

const changed = (url: string, part: Partial<URL>) => Object.assign(new URL(url), part).href;

describe('a worker reports what is wrong and ends, where Postgres', () => {
  it.each([
    ['has another password', { password: 'wrong' }, /authentication failed/],
    ['knows no such user', { username: 'nobody' }, /nobody/],
    ['has no such database', { pathname: '/nowhere' }, /nowhere/],
    ['does not answer', { port: '1' }, /ECONNREFUSED/],
  ])(
    '%s',
    async (_, part, reason) => {
      const DATABASE_URL = changed(environment.database.url, part);
      await expectRefusal({ DATABASE_URL }, 'DATABASE_UNAVAILABLE', reason);
    },
    deadlineMs,
  );
});

describe('where the store', () => {
  it(
    'belongs to another database',
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'toogit-foreign-'));
      await writeFile(join(directory, 'installation'), randomUUID());
      await expectRefusal({ TOOGIT_ARTIFACTS_DIR: directory }, 'STORAGE_FOREIGN', /belongs to the database/);
      await rm(directory, { recursive: true });
    },
    deadlineMs,
  );
});

describe('where Redis', async () => {
  const [keyed, evicting] = await Promise.all([
    startRedis({ password: 'right' }),
    startRedis({ maxmemoryPolicy: 'allkeys-lru' }),
  ]);
  if (keyed === null || evicting === null) return it.skip('(needs a redis-server)');
  afterAll(() => Promise.all([keyed.stop(), evicting.stop()]));

  it.each([
    [
      'has another password',
      () => changed(keyed.url, { password: 'wrong' }),
      'QUEUE_UNAVAILABLE',
      /WRONGPASS/,
    ],
    ['wants a password', () => changed(keyed.url, { password: '' }), 'QUEUE_UNAVAILABLE', /NOAUTH/],
    ['evicts keys', () => evicting.url, 'QUEUE_UNSAFE', /set maxmemory-policy noeviction/],
  ])(
    '%s',
    async (_, url, code, reason) => {
      await expectRefusal({ REDIS_URL: url() }, code, reason);
    },
    deadlineMs,
  );
});

describe('where S3', async () => {
  const s3 = await startS3();
  if (s3 === null) return it.skip('(needs Docker or versitygw)');
  afterAll(() => s3.stop());
  const storage = (service: TestS3, more: NodeJS.ProcessEnv = {}) => ({
    TOOGIT_ARTIFACTS_DIR: undefined,
    S3_ENDPOINT: service.endpoint,
    S3_REGION: service.region,
    S3_BUCKET: 'read-only',
    S3_PATH_STYLE: 'true',
    S3_ACCESS_KEY_ID: service.accessKeyId,
    S3_SECRET_ACCESS_KEY: service.secretAccessKey,
    ...more,
  });

  it.each([
    ['has no such bucket', {}, 'STORAGE_BUCKET_MISSING', /read-only/],
    ['has another secret', { S3_SECRET_ACCESS_KEY: 'wrong' }, 'STORAGE_DENIED', /S3_SECRET_ACCESS_KEY/],
    ['knows no such key', { S3_ACCESS_KEY_ID: 'nobody' }, 'STORAGE_DENIED', /S3_ACCESS_KEY_ID/],
  ])(
    '%s',
    async (_, more, code, reason) => {
      await expectRefusal(storage(s3, more), code, reason);
    },
    deadlineMs,
  );

  it(
    'lets the bucket be read only',
    async (context) => {
      const readOnly = await startS3({ readOnlyBucket: 'read-only' });
      if (readOnly === null) return context.skip('needs the program versitygw');
      await expectRefusal(storage(readOnly), 'STORAGE_READ_ONLY', /PutObject/);
      await readOnly.stop();
    },
    deadlineMs,
  );
});
