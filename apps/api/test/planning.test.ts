import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../src/index.js';
import { caller } from './callers.js';
import { startTestService, type TestService, tinySpec } from './service.js';

/** An attack in as many blocks. */
const blocks = (count: number, epsilons = 1) => ({
  name: 'blocks',
  matrix: { epsilon: Array.from({ length: epsilons }, (_, i) => (i + 1) / 10) },
  steps: {
    images: { kind: 'dataset', dataset: 'cifar10', split: 'train', examples: count },
    model: { kind: 'train', dataset: 'images', architecture: 'cnn', epochs: 1, batchSize: 1 },
    attack: {
      ...{ kind: 'attack', dataset: 'images', sourceModel: 'model', norm: 'l2', epsilon: `\${epsilon}` },
      ...{ targets: 'next', blockSize: 1 },
    },
  },
});

let service: TestService;
let origin: string;
beforeAll(async () => {
  service = await startTestService();
  origin = await service.api.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service.stop());

const open = { mode: 'open' } as const;
const start = (planningLimits: object) =>
  createApi({ ...service, access: open, logLevel: 'silent', planningLimits });
type Api = TestService['api'];
const plan = (api: Api, payload: object) => api.inject({ method: 'POST', url: '/v1/plans', payload });

describe('the event loop', () => {
  it('is free while 50,000 jobs are planned, four times at once', async () => {
    const heavy = Array.from({ length: 4 }, () => plan(service.api, blocks(25_000, 2)));
    let planned = false;
    const all = Promise.all(heavy).finally(() => {
      planned = true;
    });
    let answers = 0;
    while (!planned) {
      expect((await fetch(`${origin}/healthz`)).status).toBe(200);
      answers += 1;
    }
    // Where planning blocks it, it answers once a plan.
    expect(answers).toBeGreaterThan(100);
    expect((await all).map((answer) => answer.json().jobs)).toEqual([50_002, 50_002, 50_002, 50_002]);
  });
});

describe('a plan beyond the limits of its thread', () => {
  it.each([
    ['memory', { memoryMegabytes: 90 }, /takes more than 90 MB of memory/],
    ['time', { planMs: 1 }, /takes more than 0\.001 s/],
  ])('of %s is refused, and the next one has a thread again', async (_, limits, message) => {
    const api = await start(limits);
    const answer = await plan(api, blocks(49_000, 2));
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({
      code: 'PLAN_TOO_COSTLY',
      message: expect.stringMatching(message),
    });
    const next = await plan(api, tinySpec(5));
    if ('memoryMegabytes' in limits) expect(next.statusCode, next.body).toBe(200);
    else expect(next.json().error.code).toBe('PLAN_TOO_COSTLY');
    await api.close();
  });
});

describe('too many plans', () => {
  it('are refused with Retry-After while those before wait', async () => {
    const api = await start({ waitingOfProject: 1 });
    const [first, second, third] = await Promise.all([1, 2, 3].map((count) => plan(api, blocks(count))));
    expect([first?.statusCode, second?.statusCode]).toEqual([200, 200]);
    expect(third?.statusCode).toBe(429);
    expect(third?.headers['retry-after']).toBe('10');
    expect(third?.json().error).toMatchObject({ code: 'RATE_LIMITED' });
    await api.close();
  });

  it('count for what they cost against the rate limit of their key', async () => {
    const api = await createApi({ ...service, access: { mode: 'keys' }, logLevel: 'silent' });
    const { call } = await caller(
      { ...service, api },
      { scope: 'submit', projectId: 'default', requestsPerMinute: 20 },
    );
    expect((await call('POST', '/v1/plans', blocks(50))).statusCode).toBe(200);
    expect((await call('GET', '/v1/experiments')).statusCode).toBe(200);
    expect((await call('POST', '/v1/plans', blocks(10_000))).statusCode).toBe(200);
    const refused = await call('GET', '/v1/experiments');
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await api.close();
  });
});

describe('an answer', () => {
  it('comes however long its spec waits for others', async () => {
    const api = await start({});
    api.server.timeout = 100;
    const url = await api.listen({ host: '127.0.0.1', port: 0 });
    const send = (spec: object) =>
      fetch(`${url}/v1/plans`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(spec),
      });
    const answers = await Promise.all([send(blocks(25_000, 2)), send(tinySpec(6))]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await api.close();
  });
});

describe('a mistake in YAML', () => {
  const yaml = `name: lines
steps:
  images:
    kind: dataset
    dataset: mnist
    split: train
    exampels: 5
`;
  it.each(['/v1/plans', '/v1/experiments'])('is named with its line by %s', async (url) => {
    const headers = { 'content-type': 'application/yaml' };
    const answer = await service.api.inject({ method: 'POST', url, headers, payload: yaml });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({
      code: 'SPEC_INVALID',
      message: expect.stringContaining('line 7'),
      details: [{ path: 'steps.images.exampels', line: 7, suggestion: expect.stringContaining('examples') }],
    });
  });
});

describe('a submission', () => {
  it('is answered as the experiment is read', async () => {
    const answer = await service.api.inject({
      method: 'POST',
      url: '/v1/experiments',
      payload: blocks(3_000),
    });
    expect(answer.statusCode, answer.body.slice(0, 300)).toBe(201);
    const read = await service.api.inject(answer.headers.location as string);
    expect(answer.headers['content-type']).toBe(read.headers['content-type']);
    expect(answer.json()).toEqual(read.json());
    expect(answer.json().jobs).toMatchObject({ ready: 1, blocked: 3_001 });
  });
});
