import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../src/index.js';

const nothing = {} as never;
const origin = 'https://lab.example';
let api: FastifyInstance;

beforeAll(async () => {
  api = await createApi({
    ...{ runs: nothing, dispatcher: nothing, blobs: nothing },
    access: { mode: 'keys' },
    corsOrigins: [origin],
    logLevel: 'silent',
  });
});
afterAll(() => api.close());

it('pages of a named origin may send every method that a route of the API has', async () => {
  const methods = api.routeTable.filter(({ url, access }) => url.startsWith('/v1/') && access !== 'public');
  for (const method of new Set(methods.map((route) => route.method))) {
    const headers = { origin, 'access-control-request-method': method };
    const answer = await api.inject({ method: 'OPTIONS', url: '/v1/experiments/one', headers });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-methods']).toContain(method);
  }
});
