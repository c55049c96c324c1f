import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../src/index.js';

interface Operation {
  operationId?: string;
  summary?: string;
  responses: Record<string, { description: string; content?: object }>;
}

const nothing = {} as never;
let api: FastifyInstance;

beforeAll(async () => {
  api = await createApi({
    runs: nothing,
    dispatcher: nothing,
    blobs: nothing,
    access: { mode: 'keys' },
    logLevel: 'silent',
  });
});
afterAll(() => api.close());

const served = async () => (await api.inject({ url: '/openapi.json' })).json();

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const document = await served();
    expect(document.openapi).toMatch(/^3\.1\./);
    const { valid, errors } = await new Validator().validate(document);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('is what the client was generated from (npm run openapi -w apps/api)', async () => {
    const committed = new URL('../../../packages/client/openapi.json', import.meta.url);
    expect(JSON.parse(await readFile(committed, 'utf8'))).toEqual(await served());
  });

  it('describes every operation: a name, a summary, what it answers and what can go wrong', async () => {
    const { paths } = await served();
    const operations = Object.values(paths).flatMap((path) => Object.values(path as object) as Operation[]);
    expect(operations.length).toBeGreaterThanOrEqual(16);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { operationId, summary, responses } of operations) {
      expect(summary, operationId).toBeTruthy();
      expect(
        Object.keys(responses).some((status) => status.startsWith('2')),
        operationId,
      ).toBe(true);
      for (const { description } of Object.values(responses)) expect(description).toBeTruthy();
    }
  });

  it('has a page at /docs', async () => {
    const page = await api.inject({ url: '/docs/' });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
  });
});
