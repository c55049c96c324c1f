import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { caller, callWith, noLimits, secretOf } from './callers.js';
import { startTestService, type TestService, tinySpec } from './service.js';

let service: TestService;
let admin: Awaited<ReturnType<typeof caller>>;

beforeAll(async () => {
  service = await startTestService({ mode: 'keys' });
  admin = await caller(service, { scope: 'admin', projectId: null });
});
afterAll(() => service.stop());

const withKey = (apiKey: string) => callWith(service, { authorization: `Bearer ${apiKey}` });
const list = (apiKey: string) => withKey(apiKey)('GET', '/v1/experiments');

async function project(id: string, limits = noLimits): Promise<string> {
  await service.runs.access.createProject(id, limits);
  return id;
}

describe('a request is refused', () => {
  const secret = 'A'.repeat(43);
  it.each([
    ['without a key', {}],
    ['with a key of another form', { authorization: 'Bearer sesame' }],
    ['with another way to log in', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['with a key nobody made', { authorization: `Bearer tgt_0123456789abcdef_${secret}` }],
    ['with a null character', { authorization: 'Bearer tgt_\u0001' }],
  ])('%s: 401, and how to log in', async (_, headers) => {
    const answer = await callWith(service, headers as Record<string, string>)('GET', '/v1/experiments');
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(answer.json().error).toMatchObject({ code: 'UNAUTHENTICATED', requestId: expect.any(String) });
  });

  it('with the secret of another key', async () => {
    const [a, b] = await Promise.all(
      [1, 2].map(() => caller(service, { scope: 'read', projectId: 'default' })),
    );
    const forged = a?.apiKey.replace(a.id, b?.id ?? '') ?? '';
    expect((await list(a?.apiKey ?? '')).statusCode).toBe(200);
    expect((await list(forged)).statusCode).toBe(401);
  });

  it('without the scope: 403, whether what it asks for exists or not', async () => {
    const { call } = await caller(service, { scope: 'read', projectId: 'default' });
    expect((await call('GET', '/v1/experiments')).statusCode).toBe(200);
    expect((await call('POST', '/v1/plans', tinySpec(1))).statusCode).toBe(200);
    for (const [url, body] of [
      ['/v1/experiments', tinySpec(1)],
      ['/v1/experiments/nobody/cancel', undefined],
      ['/v1/keys', {}],
    ] as const) {
      const answer = await call('POST', url, body);
      expect(answer.statusCode, url).toBe(403);
      expect(answer.json().error.code).toBe('FORBIDDEN');
    }
    const submit = await caller(service, { scope: 'submit', projectId: 'default' });
    expect((await submit.call('GET', '/v1/keys')).json().error.code).toBe('FORBIDDEN');
    expect((await submit.call('GET', '/v1/audit')).json().error.code).toBe('FORBIDDEN');
  });

  it('for the experiments of a project, with a key of none', async () => {
    expect((await admin.call('GET', '/v1/experiments')).json().error.code).toBe('FORBIDDEN');
    expect((await admin.call('GET', '/v1/projects')).statusCode).toBe(200);
  });

  it('but not where no key is needed', async () => {
    const call = callWith(service, {});
    for (const url of ['/healthz', '/readyz', '/openapi.json', '/docs/']) {
      expect((await call('GET', url)).statusCode, url).toBe(200);
    }
    expect((await call('GET', '/nowhere')).statusCode).toBe(404);
  });
});

describe('a key', () => {
  it('is made by an administrator, shown once, and stored as a hash', async () => {
    const body = { name: 'laptop', scope: 'submit', projectId: 'default' };
    const made = await admin.call('POST', '/v1/keys', body);
    expect(made.statusCode).toBe(201);
    expect(made.headers['cache-control']).toBe('no-store');
    const { apiKey, key } = made.json();
    expect(apiKey).toMatch(new RegExp(`^tgt_${key.id}_[\\w-]{43}$`));
    expect((await list(apiKey)).statusCode).toBe(200);
    const keys = await admin.call('GET', '/v1/keys');
    expect(keys.json().items).toContainEqual({ ...key, lastUsedAt: expect.any(String) });
    expect(keys.body).not.toContain(secretOf(apiKey));
  });

  it('is rotated without a gap, and the old secret ends', async () => {
    const { id, apiKey } = await caller(service, { scope: 'read', projectId: 'default' });
    const rotate = (graceSeconds: number) => admin.call('POST', `/v1/keys/${id}/rotate`, { graceSeconds });
    const first = (await rotate(3600)).json();
    expect(first.key).toMatchObject({ id, oldSecretValidUntil: expect.any(String) });
    for (const each of [apiKey, first.apiKey]) expect((await list(each)).statusCode).toBe(200);
    const second = (await rotate(0)).json();
    for (const old of [apiKey, first.apiKey]) expect((await list(old)).statusCode).toBe(401);
    expect((await list(second.apiKey)).statusCode).toBe(200);
    expect(second.key.oldSecretValidUntil).toBeNull();
  });

  it('is revoked for good', async () => {
    const { id, apiKey } = await caller(service, { scope: 'read', projectId: 'default' });
    expect((await list(apiKey)).statusCode).toBe(200);
    for (const _ of [1, 2]) {
      expect((await admin.call('POST', `/v1/keys/${id}/revoke`)).json().revokedAt).toEqual(
        expect.any(String),
      );
    }
    const answer = await list(apiKey);
    expect(answer.statusCode).toBe(401);
    expect(answer.json().error.message).toContain('revoked');
    expect((await admin.call('POST', `/v1/keys/${id}/rotate`, {})).json().error.code).toBe('CONFLICT');
  });

  it('expires to the moment, though it was remembered', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const { apiKey } = await service.runs.access.createKey({
      ...{ name: 'brief', scope: 'read', projectId: 'default', requestsPerMinute: null, expiresAt },
    });
    expect((await list(apiKey)).statusCode).toBe(200);
    await expect.poll(async () => (await list(apiKey)).statusCode).toBe(401);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    expect((await list(apiKey)).json().error.message).toContain('expired');
  });

  it.each([
    [{ name: 'x', scope: 'root', projectId: 'default' }, 400],
    [{ name: 'x', scope: 'read', projectId: null }, 400],
    [{ name: 'x', scope: 'read', projectId: 'nowhere' }, 404],
    [{ name: 'x', scope: 'read', projectId: 'default', expiresAt: 'tomorrow' }, 400],
    [{ name: 'x', scope: 'read', projectId: 'default', secret: 'mine' }, 400],
    [{ name: '\0', scope: 'read', projectId: 'default' }, 400],
    ['{"name"', 400],
  ])('%j is not made', async (body, status) => {
    const headers = { 'content-type': 'application/json' };
    expect((await admin.call('POST', '/v1/keys', body, headers)).statusCode).toBe(status);
  });

  it('of an administrator of one project reaches no other', async () => {
    await project('theirs');
    const own = await caller(service, { scope: 'admin', projectId: 'default' });
    const other = await caller(service, { scope: 'read', projectId: 'theirs' });
    const { items } = (await own.call('GET', '/v1/keys')).json();
    expect(new Set(items.map((key: { projectId: string }) => key.projectId))).toEqual(new Set(['default']));
    expect((await own.call('POST', `/v1/keys/${other.id}/revoke`)).statusCode).toBe(404);
    expect((await own.call('POST', `/v1/keys/${other.id}/rotate`, {})).statusCode).toBe(404);
    for (const projectId of ['theirs', null]) {
      const answer = await own.call('POST', '/v1/keys', { name: 'x', scope: 'admin', projectId });
      expect(answer.statusCode).toBe(403);
    }
    expect((await own.call('POST', '/v1/projects', { id: 'mine' })).statusCode).toBe(403);
    expect((await own.call('PATCH', '/v1/projects/default', { maxOpenJobs: null })).statusCode).toBe(403);
    expect((await own.call('GET', '/v1/projects')).json().items).toHaveLength(1);
    const mine = await own.call('POST', '/v1/keys', { name: 'mine', scope: 'read' });
    expect(mine.json().key.projectId).toBe('default');
  });
});

describe('limits', () => {
  it('of a key: so many requests a minute, then 429 with Retry-After', async () => {
    const { call } = await caller(service, { scope: 'read', projectId: 'default', requestsPerMinute: 3 });
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await call('GET', '/v1/experiments'));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[4]?.json().error.code).toBe('RATE_LIMITED');
    expect(Number(answers[4]?.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('of an address: so many requests without a key met before, from which a key in use does not suffer', async () => {
    const { apiKey } = await caller(service, { scope: 'read', projectId: 'default' });
    const ask = async (headers = {}) =>
      (await service.api.inject({ url: '/v1/experiments', remoteAddress: '192.0.2.1', headers })).statusCode;
    const withKey = () => ask({ authorization: `Bearer ${apiKey}` });
    expect(await withKey()).toBe(200);
    const strangers: number[] = [];
    for (let i = 0; i < 120; i++) strangers.push(await ask());
    expect(strangers.filter((status) => status === 401)).toHaveLength(119);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await ask()).toBe(429);
    expect(await withKey()).toBe(200);
  });

  it('of an address: not by requests at once of a key in use', async () => {
    const { call } = await caller(service, { scope: 'read', projectId: 'default' });
    expect((await call('GET', '/v1/experiments')).statusCode).toBe(200);
    const answers = await Promise.all(Array.from({ length: 200 }, () => call('GET', '/v1/experiments')));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  });

  it('of a project: experiments at work, jobs open, bytes stored', async () => {
    const made = await admin.call('POST', '/v1/projects', {
      id: 'small',
      limits: { maxRunningExperiments: 2 },
    });
    expect(made.json().limits).toEqual({ ...noLimits, maxRunningExperiments: 2 });
    const { call } = await caller(service, { scope: 'submit', projectId: 'small' });
    const answers = await Promise.all([51, 52, 53].map((n) => call('POST', '/v1/experiments', tinySpec(n))));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 201, 429]);
    const refused = answers.find(({ statusCode }) => statusCode === 429);
    expect(refused?.json().error.code).toBe('QUOTA_EXCEEDED');
    expect(refused?.headers['retry-after']).toBe('60');
    expect((await call('GET', '/v1/experiments')).json().items).toHaveLength(2);

    const { id } = answers.find(({ statusCode }) => statusCode === 201)?.json() ?? {};
    expect((await call('POST', `/v1/experiments/${id}/cancel`)).statusCode).toBe(200);
    expect((await call('POST', '/v1/experiments', tinySpec(54))).statusCode).toBe(201);
    expect((await call('POST', `/v1/experiments/${id}/retry`)).json().error.code).toBe('QUOTA_EXCEEDED');

    await admin.call('PATCH', '/v1/projects/small', { maxRunningExperiments: null, maxOpenJobs: 2 });
    expect((await call('POST', '/v1/experiments', tinySpec(55))).json().error.code).toBe('QUOTA_EXCEEDED');
    // What is open already costs no more.
    expect((await call('POST', '/v1/experiments', tinySpec(54, 'again'))).statusCode).toBe(201);
    expect((await admin.call('PATCH', '/v1/projects/nowhere', {})).statusCode).toBe(404);
    expect((await admin.call('POST', '/v1/projects', { id: 'small' })).json().error.code).toBe('CONFLICT');
  });
});

describe('the audit log', () => {
  it('has a line for every change and every refusal, and no secret', async () => {
    await project('watched');
    const user = await caller(service, { scope: 'submit', projectId: 'watched' });
    const chief = await caller(service, { scope: 'admin', projectId: 'watched' });
    const { id } = (await user.call('POST', '/v1/experiments', tinySpec(61))).json();
    await user.call('GET', `/v1/experiments/${id}`);
    await user.call('POST', '/v1/plans', tinySpec(61));
    const cancelled = await user.call('POST', `/v1/experiments/${id}/cancel`);
    await user.call('POST', '/v1/experiments', { name: 'bad' });
    await user.call('GET', '/v1/keys');
    const { items } = (await chief.call('GET', '/v1/audit')).json();
    const told = items.map(({ action, target, status, keyId }: Record<string, unknown>) => [
      ...[action, target, status, keyId],
    ]);
    expect(told).toEqual([
      ['listKeys', null, 403, user.id],
      ['cancelExperiment', id, 200, user.id],
      ['submitExperiment', id, 201, user.id],
    ]);
    expect(items[1]).toMatchObject({ requestId: cancelled.headers['x-request-id'], address: '127.0.0.1' });
    const first = (await chief.call('GET', '/v1/audit?limit=2')).json();
    const rest = (await chief.call('GET', `/v1/audit?cursor=${first.nextCursor}`)).json();
    expect([...first.items, ...rest.items]).toEqual(items);
  });

  it('counts strangers by minute and address instead, and does not grow with their requests', async () => {
    const rows = async () =>
      (await service.runs.access.listAudit({ limit: 200, project: null })).items.length;
    const before = await rows();
    const secret = 'B'.repeat(43);
    const stranger = (headers: Record<string, string>, url = '/v1/experiments') =>
      service.api.inject({ url, remoteAddress: '192.0.2.77', headers });
    for (let i = 0; i < 20; i++) await stranger({});
    await stranger({ authorization: `Bearer tgt_0123456789abcdef_${secret}` });
    expect(await rows()).toBe(before);
    const { items } = (await admin.call('GET', '/v1/audit/refusals')).json();
    const theirs = items.filter(({ address }: { address: string }) => address === '192.0.2.77');
    expect(theirs.length).toBeLessThanOrEqual(2);
    expect(theirs.reduce((sum: number, row: { requests: number }) => sum + row.requests, 0)).toBe(21);
    expect(theirs[0]).toMatchObject({ status: 401, action: 'listExperiments', keyId: '0123456789abcdef' });
    expect(JSON.stringify(items)).not.toContain(secret);
  });

  it('holds no key that came in a URL', async () => {
    const { apiKey, call } = await caller(service, { scope: 'submit', projectId: 'default' });
    const refused = await call('POST', `/v1/keys/${apiKey}/revoke`);
    expect(refused.statusCode).toBe(403);
    const { items } = (await admin.call('GET', '/v1/audit?limit=5')).json();
    expect(items[0].target).toMatch(/^tgt_[0-9a-f]{16}_\[secret\]$/);
    const missing = await call('GET', `/v1/nowhere/${apiKey}`);
    expect(missing.json().error.message).toContain('_[secret]');
    for (const { body } of [refused, missing]) expect(body).not.toContain(secretOf(apiKey));
  });
});
