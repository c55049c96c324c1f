import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from './service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('/readyz', () => {
  it('names the state of database, queue and storage', async () => {
    const answer = await service.api.inject({ url: '/readyz' });
    expect(answer.statusCode).toBe(200);
    const up = { state: 'up', code: null, message: null, next: null };
    expect(answer.json()).toEqual({ status: 'ready', checks: { database: up, queue: up, storage: up } });
  });

  it('says 503 and what to do once the database has gone, while /healthz stays', async () => {
    await service.postgres.stop();
    const answer = await service.api.inject({ url: '/readyz' });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({
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
