import { MemoryBlobStore, sha256 } from '@toogit/artifacts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../src/index.js';
import { claim, startTestService, succeed, type TestService, tinySpec } from './service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const submit = (spec: unknown, headers: Record<string, string> = {}) =>
  service.api.inject({ method: 'POST', url: '/v1/experiments', payload: spec as object, headers });
const get = (url: string) => service.api.inject({ url });
const post = (url: string) => service.api.inject({ method: 'POST', url });

describe('submitting', () => {
  it('stores the experiment and makes its first jobs ready', async () => {
    const answer = await submit(tinySpec(1));
    expect(answer.statusCode).toBe(201);
    const experiment = answer.json();
    expect(answer.headers.location).toBe(`/v1/experiments/${experiment.id}`);
    expect(experiment).toMatchObject({
      name: 'tiny',
      study: null,
      state: 'running',
      spec: tinySpec(1),
      jobs: { ready: 1, succeeded: 0 },
      steps: [{ name: 'images', kind: 'dataset' }],
    });
    expect((await get(`/v1/experiments/${experiment.id}`)).json()).toEqual(experiment);
    const { items } = (await get(`/v1/experiments/${experiment.id}/jobs`)).json();
    expect(items).toMatchObject([
      { key: experiment.steps[0].jobKeys[0], kind: 'dataset.import', step: 'images' },
    ]);
    expect((await get(`/v1/jobs/${items[0].key}`)).json()).toMatchObject({ state: 'ready', attempt: 0 });
  });

  it('takes YAML, and a preset', async () => {
    const answer = await submit('study: simple-experiment\nprofile: smoke\nseed: 7\n', {
      'content-type': 'application/yaml',
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ study: 'simple-experiment', profile: 'smoke', state: 'running' });
    expect(answer.json().jobs.blocked).toBeGreaterThan(5);
  });

  it('answers the same key and spec with the same experiment, also when both come at once', async () => {
    const headers = { 'idempotency-key': 'once' };
    const answers = await Promise.all([submit(tinySpec(2), headers), submit(tinySpec(2), headers)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 201]);
    expect(answers[0]?.json().id).toBe(answers[1]?.json().id);
    const other = await submit(tinySpec(3), headers);
    expect(other.statusCode).toBe(409);
    expect(other.json().error.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('runs the same work once, whoever requests them', async () => {
    const [first, second] = [
      (await submit(tinySpec(4, 'a'))).json(),
      (await submit(tinySpec(4, 'b'))).json(),
    ];
    expect(second.id).not.toBe(first.id);
    expect(second.steps[0].jobKeys).toEqual(first.steps[0].jobKeys);
  });
});

describe('planning', () => {
  it('lists what would run and what is there, and stores nothing', async () => {
    const before = (await get('/v1/experiments?limit=200')).json().items.length;
    const spec = tinySpec(5);
    const plan = () => service.api.inject({ method: 'POST', url: '/v1/plans', payload: spec });
    expect((await plan()).json()).toMatchObject({
      name: 'tiny',
      jobs: 1,
      cached: 0,
      byKind: { 'dataset.import': 1 },
    });
    expect((await get('/v1/experiments?limit=200')).json().items).toHaveLength(before);

    const { steps } = (await submit(spec)).json();
    await succeed(service, steps[0].jobKeys[0], { meta: {}, parts: {} });
    expect((await plan()).json()).toMatchObject({ jobs: 1, cached: 1 });
  });
});

describe('listing', () => {
  it('pages through everything once, newest first, and filters', async () => {
    for (const examples of [11, 12, 13]) await submit(tinySpec(examples, `listed ${examples}`));
    const all = (await get('/v1/experiments?limit=200')).json().items;
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { id: string }[]; nextCursor: string | null } = (
        await get(`/v1/experiments?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      ).json();
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(all.map(({ id }: { id: string }) => id));
    expect(all.slice(0, 3).map(({ name }: { name: string }) => name)).toEqual([
      'listed 13',
      'listed 12',
      'listed 11',
    ]);
    const studies = (await get('/v1/experiments?study=simple-experiment&state=running')).json().items;
    expect(studies).toHaveLength(1);
    expect((await get('/v1/experiments?state=failed')).json()).toEqual({ items: [], nextCursor: null });
  });
});

describe('cancelling and retrying', () => {
  it('stops what nobody else wants, and starts it again', async () => {
    const { id, steps } = (await submit(tinySpec(21))).json();
    const cancelled = await post(`/v1/experiments/${id}/cancel`);
    expect(cancelled.statusCode).toBe(200);
    expect(cancelled.json()).toMatchObject({ state: 'cancelled', jobs: { cancelled: 1 } });
    expect((await post(`/v1/experiments/${id}/cancel`)).statusCode).toBe(200);

    const retried = await post(`/v1/experiments/${id}/retry`);
    expect(retried.json()).toMatchObject({ state: 'running', jobs: { ready: 1 } });
    await succeed(service, steps[0].jobKeys[0], { meta: {}, parts: {} });
    expect((await post(`/v1/experiments/${id}/cancel`)).json().error.code).toBe('CONFLICT');
  });

  it('shows what failed, and runs it again', async () => {
    const { id, steps } = (await submit(tinySpec(22))).json();
    const key = steps[0].jobKeys[0];
    const error = {
      code: 'TRAINING_DIVERGED',
      message: 'loss is NaN',
      next: 'Lower it.',
      retryable: false,
    } as const;
    await service.runs.fail(await claim(service.runs, key), error, { peakRssBytes: null });
    expect((await get(`/v1/experiments/${id}`)).json().state).toBe('failed');
    expect((await get(`/v1/jobs/${key}`)).json()).toMatchObject({
      state: 'failed',
      error: { code: 'TRAINING_DIVERGED' },
      attempts: [{ number: 1, workerId: 'test-worker', outcome: 'failed' }],
    });
    expect((await post(`/v1/experiments/${id}/retry`)).json()).toMatchObject({ state: 'running' });
    expect(await service.runs.claim(key, 'test-worker')).not.toBeNull();
  });
});

describe('results', () => {
  it('lists metrics and artifacts, and serves the bytes with their type', async () => {
    const { id, steps } = (await submit(tinySpec(31))).json();
    const digest = await succeed(service, steps[0].jobKeys[0], {
      meta: { examples: 31 },
      parts: { columns: ['text/csv', 'a,b'] },
    });
    const metrics = (await get(`/v1/experiments/${id}/metrics`)).json().items;
    expect(metrics.map(({ name }: { name: string }) => name)).toEqual(['examples', 'loss']);
    const losses = (await get(`/v1/experiments/${id}/metrics?name=loss`)).json().items;
    expect(losses).toMatchObject([{ value: 0.5, step: 1, ci95: [0.4, 0.6], stepName: 'images' }]);

    const { items } = (await get(`/v1/experiments/${id}/artifacts`)).json();
    expect(items).toMatchObject([{ digest, type: 'dataset', step: 'images', meta: { examples: 31 } }]);
    const artifact = (await get(`/v1/artifacts/${digest}`)).json();
    expect(artifact.parts).toMatchObject([{ name: 'columns', bytes: 3, mediaType: 'text/csv' }]);
    const part = await get(artifact.parts[0].url);
    expect(part.headers).toMatchObject({ 'content-type': 'text/csv', 'content-length': '3' });
    expect(part.body).toBe('a,b');
    const manifest = await get(artifact.manifestUrl);
    expect(manifest.json()).toMatchObject({ schema: 'toogit.manifest/1', type: 'dataset' });
    const plain = await get(`/v1/blobs/${artifact.parts[0].sha256}`);
    expect(plain.headers['content-type']).toBe('application/octet-stream');
  });

  it('redirects to the storage where that can be downloaded from', async () => {
    const presigning = Object.assign(new MemoryBlobStore(), {
      downloadUrl: async (digest: string, seconds: number) => `https://s3.test/${digest}?expires=${seconds}`,
    });
    const { steps } = (await submit(tinySpec(33))).json();
    await succeed({ ...service, blobs: presigning }, steps[0].jobKeys[0], {
      meta: {},
      parts: { far: ['text/plain', 'far away'] },
    });
    const digest = sha256(Buffer.from('far away'));
    const access = { mode: 'open' } as const;
    const api = await createApi({ ...service, blobs: presigning, access, logLevel: 'silent' });
    const answer = await api.inject({ url: `/v1/blobs/${digest}` });
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe(`https://s3.test/${digest}?expires=60`);
    await api.close();
  });

  it('has the job run again whose artifact is lost', async () => {
    const { steps } = (await submit(tinySpec(32))).json();
    const key = steps[0].jobKeys[0];
    const digest = await succeed(service, key, {
      meta: { lost: true },
      parts: { a: ['text/plain', 'lost part'] },
    });
    const { parts } = (await get(`/v1/artifacts/${digest}`)).json();
    await service.blobs.delete(parts[0].sha256);
    const answer = await get(parts[0].url);
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error.code).toBe('ARTIFACT_MISSING');
    expect((await get(`/v1/jobs/${key}`)).json().state).toBe('ready');
  });
});
