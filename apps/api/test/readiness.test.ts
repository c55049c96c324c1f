import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../src/index.js';
import { caller } from './callers.js';
import { startTestService, type TestService } from './service.js';

let service: TestService;
/** With keys; its storage is full, and it counts how often it is checked. */
let guarded: TestService['api'];
let checks = 0;

beforeAll(async () => {
  service = await startTestService();
  const check = async () => {
    checks++;
    throw new Error('ENOSPC: /srv/artifacts/.check');
  };
  const blobs = new Proxy(service.blobs, {
    get: (store, name) => (name === 'check' ? check : Reflect.get(store, name).bind(store)),
  });
  guarded = await createApi({ ...service, blobs, access: { mode: 'keys' }, logLevel: 'silent' });
});
afterAll(async () => {
  await guarded.close();
  await service.stop();
});

const up = { state: 'up', code: null, message: null, next: null };

describe('/readyz', () => {
  it('names the state of database, queue and storage', async () => {
    const answer = await service.api.inject({ url: '/readyz' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'ready', checks: { database: up, queue: up, storage: up } });
  });

  it('checks once for all who ask, and tells strangers no more than which part fails', async () => {
    checks = 0;
    const answers = await Promise.all(Array.from({ length: 200 }, () => guarded.inject({ url: '/readyz' })));
    expect(checks).toBe(1);
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([503]));
    expect(answers[0]?.json()).toEqual({
      status: 'unavailable',
      checks: { database: up, queue: up, storage: { ...up, state: 'down' } },
    });
  });

  it('gives the reason to an administrator of the installation', async () => {
    const { apiKey } = await caller(service, { scope: 'admin', projectId: null });
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await guarded.inject({ url: '/v1/readiness', headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.json().checks.storage).toMatchObject({ state: 'down', message: 'It does not answer.' });
  });

  it('says 503 and what to do once the database has gone, while /healthz stays', async () => {
    await service.postgres.stop();
    const ask = () => service.api.inject({ url: '/readyz' });
    await expect.poll(async () => (await ask()).statusCode, { timeout: 20_000 }).toBe(503);
    expect((await ask()).json()).toMatchObject({
      status: 'unavailable',
      checks: {
        database: {
          state: 'down',
          code: 'DATABASE_UNAVAILABLE',
          next: expect.stringContaining('DATABASE_URL'),
        },
        storage: { state: 'up' },
      },
    });
    expect((await service.api.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
    const list = await service.api.inject({ url: '/v1/experiments' });
    expect(list.statusCode).toBe(503);
    expect(list.json().error.code).toBe('DATABASE_UNAVAILABLE');
  });
});
