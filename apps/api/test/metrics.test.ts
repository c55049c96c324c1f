import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../src/index.js';
import { caller } from './callers.js';
import { claim, startTestService, type TestService, tinySpec } from './service.js';

const open = { mode: 'open' } as const;
let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const post = (api: TestService['api'], examples: number) =>
  api.inject({ method: 'POST', url: '/v1/experiments', payload: tinySpec(examples) });

/** The values of a metric by its labels. */
function series(text: string, name: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(name.length, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' '))),
    ]),
  );
}

describe('GET /metrics', () => {
  it('counts what waits and runs, from the database', async () => {
    const first = (await post(service.api, 1)).json();
    await post(service.api, 2);
    await claim(service.runs, first.steps[0].jobKeys[0]);
    const answer = await service.api.inject({ url: '/metrics' });
    expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4');
    const jobs = series(answer.body, 'toogit_jobs');
    expect(jobs).toMatchObject({
      '{resource="cpu",state="ready"}': 1,
      '{resource="cpu",state="running"}': 1,
      '{resource="tensor",state="ready"}': 0,
    });
    const ages = series(answer.body, 'toogit_oldest_job_age_seconds');
    expect(ages['{resource="cpu",state="ready"}']).toBeGreaterThan(0);
    expect(ages['{resource="tensor",state="ready"}']).toBe(0);
    expect(series(answer.body, 'toogit_experiments')).toEqual({ '{state="running"}': 2 });
    expect(series(answer.body, 'toogit_database_up')).toEqual({ '': 1 });
  });

  it('times requests by route, not by URL', async () => {
    const api = await createApi({ ...service, access: open, logLevel: 'silent' });
    await api.inject({ url: '/v1/experiments/one' });
    await api.inject({ url: '/v1/experiments/two' });
    await api.inject({ url: '/nowhere' });
    const counts = series(
      (await api.inject({ url: '/metrics' })).body,
      'toogit_http_request_duration_seconds_count',
    );
    expect(counts).toEqual({
      '{method="GET",route="/v1/experiments/:id",status="404"}': 2,
      '{method="GET",route="unmatched",status="404"}': 1,
    });
    await api.close();
  });
});

describe('/admin/queues', () => {
  it('shows the queues, on this backend too, and changes nothing', async () => {
    const connection = { driver: 'postgres', url: service.postgres.url } as const;
    const api = await createApi({ ...service, access: open, logLevel: 'silent', queue: connection });
    const page = await api.inject({ url: '/admin/queues' });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    const { queues } = (await api.inject({ url: '/admin/queues/api/queues' })).json();
    expect(queues.map(({ name }: { name: string }) => name).sort()).toEqual(['toogit-cpu', 'toogit-tensor']);
    expect(queues.every(({ readOnlyMode }: { readOnlyMode: boolean }) => readOnlyMode)).toBe(true);
    const asset = page.body.match(/src="([^"]+\.js)"/)?.[1] ?? '';
    expect((await api.inject({ url: new URL(asset, 'http://x/admin/queues/').pathname })).statusCode).toBe(
      200,
    );
    await api.close();
  });

  it('asks for the key of an administrator, as browsers do', async () => {
    const connection = { driver: 'postgres', url: service.postgres.url } as const;
    const api = await createApi({
      ...service,
      access: { mode: 'keys' },
      logLevel: 'silent',
      queue: connection,
    });
    const look = async (apiKey: string, url = '/admin/queues') => {
      const authorization = `Basic ${Buffer.from(`operator:${apiKey}`).toString('base64')}`;
      return (await api.inject({ url, headers: { authorization } })).statusCode;
    };
    const nobody = await api.inject({ url: '/admin/queues' });
    expect(nobody.statusCode).toBe(401);
    expect(nobody.headers['www-authenticate']).toMatch(/^Basic /);
    const admin = await caller(service, { scope: 'admin', projectId: null });
    const submit = await caller(service, { scope: 'submit', projectId: 'default' });
    expect(await look(admin.apiKey)).toBe(200);
    expect(await look(submit.apiKey)).toBe(403);
    // Elsewhere a browser's own log-in counts for nothing.
    expect(await look(admin.apiKey, '/v1/keys')).toBe(401);
    const scrape = (apiKey: string) =>
      api.inject({ url: '/metrics', headers: { authorization: `Bearer ${apiKey}` } });
    expect((await scrape(submit.apiKey)).statusCode).toBe(403);
    expect((await scrape(admin.apiKey)).statusCode).toBe(200);
    await api.close();
  });
});
