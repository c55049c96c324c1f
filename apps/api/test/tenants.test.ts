import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caller, type Method, noLimits } from './callers.js';
import { startTestService, succeed, type TestService, tinySpec } from './service.js';

/** Two projects: one spec that both have posted, one that only A has. B walks every route with what is A's alone. */
let service: TestService;
let a: Awaited<ReturnType<typeof caller>>;
let b: Awaited<ReturnType<typeof caller>>;
let own: { id: string; key: string; digest: string; part: string };
let shared: { a: string; b: string; key: string };
const marker = 'only-the-first-knows-this';

beforeAll(async () => {
  service = await startTestService({ mode: 'keys' });
  for (const id of ['project-a', 'project-b']) await service.runs.access.createProject(id, noLimits);
  a = await caller(service, { scope: 'admin', projectId: 'project-a' });
  b = await caller(service, { scope: 'admin', projectId: 'project-b' });
  const headers = { 'idempotency-key': 'one' };
  const post = async ({ call }: typeof a, spec: object) =>
    (await call('POST', '/v1/experiments', spec, headers)).json();
  const [sharedOfA, sharedOfB] = [
    (await a.call('POST', '/v1/experiments', tinySpec(71))).json(),
    (await b.call('POST', '/v1/experiments', tinySpec(71))).json(),
  ];
  shared = { a: sharedOfA.id, b: sharedOfB.id, key: sharedOfA.steps[0].jobKeys[0] };
  const { id, steps } = await post(a, tinySpec(72, marker));
  const key = steps[0].jobKeys[0];
  const digest = await succeed(service, key, {
    meta: { marker },
    parts: { columns: ['text/csv', marker] },
  });
  const { parts } = (await a.call('GET', `/v1/artifacts/${digest}`)).json();
  own = { id, key, digest, part: parts[0].sha256 };
});
afterAll(() => service.stop());

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string }[];
}

/** What a route's placeholder may stand for. */
function idsFor(path: string): string[] {
  if (path.startsWith('/v1/experiments/')) return [own.id, shared.a];
  if (path.startsWith('/v1/jobs/')) return [own.key];
  if (path.startsWith('/v1/artifacts/')) return [own.digest];
  if (path.startsWith('/v1/blobs/')) return [own.digest, own.part];
  if (path.startsWith('/v1/keys/')) return [a.id];
  if (path.startsWith('/v1/projects/')) return ['project-a'];
  return [];
}

const absent: Record<string, string> = {
  experiments: '00000000-0000-4000-8000-000000000000',
  keys: '0000000000000000',
  projects: 'nowhere',
};

/** The answer but for what names the request and what was requested. */
const anonymous = (body: string, id: string) =>
  body.replaceAll(id, '<id>').replace(/"requestId":"[^"]*"/, '"requestId":""');

function bodyOf(operationId: string, method: Method, path: string): object | undefined {
  if (['submitExperiment', 'planExperiment'].includes(operationId)) return tinySpec(73);
  if (operationId === 'changeExperiment') return { priority: 1 };
  return method === 'GET' || method === 'DELETE' || /cancel|pause|resume|retry|revoke/.test(path)
    ? undefined
    : {};
}

describe('what belongs to another project', () => {
  it('is on no route, and answers as what never was', async () => {
    const { paths } = (await service.api.inject({ url: '/openapi.json' })).json();
    let walked = 0;
    for (const [path, operations] of Object.entries(paths as Record<string, Record<string, Operation>>)) {
      for (const [name, { operationId, parameters = [] }] of Object.entries(operations)) {
        const method = name.toUpperCase() as Method;
        const body = bodyOf(operationId, method, path);
        const placeholder = /\{[^}]+\}/;
        const ask = (id: string, query = '') =>
          b.call(method, `${path.replace(placeholder, id)}${query}`, body);
        if (!placeholder.test(path)) {
          const names = parameters.filter((each) => each.in === 'query').map((each) => each.name);
          const queries = ['', '?state=failed', `?experiment=${own.id}`, `?cursor=${own.id}`];
          for (const query of queries.filter(
            (each) => names.includes(each.slice(1).split('=')[0] ?? '') || !each,
          )) {
            const answer = await ask('', query);
            expect(answer.statusCode, path).toBeLessThan(500);
            for (const secret of [marker, own.id, own.key, own.digest, own.part, shared.a, a.id]) {
              expect(answer.body.includes(secret), `${operationId}${query} shows ${secret}`).toBe(false);
            }
          }
        } else {
          const ids = idsFor(path);
          expect(ids.length, `nobody walks ${path}`).toBeGreaterThan(0);
          const nothing = absent[path.split('/')[2] ?? ''] ?? '0'.repeat(64);
          const expected = await ask(nothing);
          expect([403, 404], `${operationId}: ${expected.body}`).toContain(expected.statusCode);
          for (const id of ids) {
            const answer = await ask(id);
            expect(answer.statusCode, path).toBe(expected.statusCode);
            expect(anonymous(answer.body, id)).toBe(anonymous(expected.body, nothing));
          }
        }
        walked++;
      }
    }
    expect(walked).toBeGreaterThanOrEqual(40);
    expect((await a.call('GET', `/v1/experiments/${own.id}`)).json().state).toBe('succeeded');
  });

  it('is not reached through an artifact either', async () => {
    const url = `/v1/blobs/${own.part}?artifact=${own.digest}`;
    expect((await a.call('GET', url)).body).toBe(marker);
    expect((await b.call('GET', url)).statusCode).toBe(404);
  });

  it('does not count in plans, totals or quotas', async () => {
    const plan = async ({ call }: typeof a) => (await call('POST', '/v1/plans', tinySpec(72))).json().cached;
    expect([await plan(a), await plan(b)]).toEqual([1, 0]);
    const { jobs } = (await a.call('GET', '/v1/dashboard/summary')).json();
    expect(jobs).toMatchObject({ succeeded: 1, ready: 1 });
    expect((await b.call('GET', '/v1/dashboard/summary')).json().jobs.succeeded).toBe(0);
  });

  it('may have the same Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'one' };
    const answer = await b.call('POST', '/v1/experiments', tinySpec(74), headers);
    expect(answer.statusCode, answer.body).toBe(201);
  });
});

describe('work that both want', () => {
  it('runs once, and goes on for the one when the other cancels', async () => {
    const job = async ({ call }: typeof a) => (await call('GET', `/v1/jobs/${shared.key}`)).json();
    expect([(await job(a)).state, (await job(b)).state]).toEqual(['ready', 'ready']);
    expect((await b.call('POST', `/v1/experiments/${shared.a}/cancel`)).statusCode).toBe(404);
    expect((await b.call('POST', `/v1/experiments/${shared.b}/cancel`)).statusCode).toBe(200);
    expect((await job(a)).state).toBe('ready');
    const digest = await succeed(service, shared.key, { meta: {}, parts: {} });
    expect((await a.call('GET', `/v1/artifacts/${digest}`)).statusCode).toBe(200);
  });
});
