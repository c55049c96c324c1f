import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../src/index.js';
import { caller, callWith, type Method, noLimits } from './callers.js';
import { startTestService, type TestService } from './service.js';

/**
 * Which keys each route lets in. A route that is not here fails the test, and one that declares nothing cannot even be
 * registered.
 */
const everybody = ['GET /healthz', 'GET /readyz', 'GET /openapi.json'];
const readersOfAProject = [
  'POST /v1/plans',
  'GET /v1/experiments',
  'GET /v1/experiments/:id',
  'GET /v1/experiments/:id/jobs',
  'GET /v1/experiments/:id/metrics',
  'GET /v1/experiments/:id/artifacts',
  'GET /v1/experiments/:id/events',
  'GET /v1/experiments/:id/report',
  'GET /v1/jobs',
  'GET /v1/jobs/:key',
  'GET /v1/artifacts/:digest',
  'GET /v1/blobs/:digest',
  ...[
    'summary',
    'accuracy',
    'transfer',
    'transfer-matrix',
    'feature-usefulness',
    'sensitivity',
    'theory',
    'patterns',
  ].flatMap((name) => ['', '.svg', '.csv'].map((form) => `GET /v1/dashboard/${name}${form}`)),
];
const submittersOfAProject = [
  'POST /v1/experiments',
  'PATCH /v1/experiments/:id',
  'DELETE /v1/experiments/:id',
  'POST /v1/experiments/:id/cancel',
  'POST /v1/experiments/:id/pause',
  'POST /v1/experiments/:id/resume',
  'POST /v1/experiments/:id/retry',
  'POST /v1/jobs/:key/retry',
];
const anyAdministrator = [
  'GET /v1/projects',
  'GET /v1/keys',
  'POST /v1/keys',
  'POST /v1/keys/:id/rotate',
  'POST /v1/keys/:id/revoke',
  'GET /v1/audit',
];
const administratorOfTheInstallation = [
  'POST /v1/projects',
  'PATCH /v1/projects/:id',
  'GET /v1/audit/refusals',
  'GET /v1/readiness',
  'GET /metrics',
];
const documentPage = /^\w+ \/docs(\/|$)/;
const queueBoard = /^\w+ \/admin\/queues(\/|$)/;

type Caller = 'nobody' | 'reader' | 'submitter' | 'admin' | 'installation';
const callers: Caller[] = ['nobody', 'reader', 'submitter', 'admin', 'installation'];

function admitted(route: string): Caller[] | null {
  if (everybody.includes(route) || documentPage.test(route)) return callers;
  if (readersOfAProject.includes(route)) return ['reader', 'submitter', 'admin'];
  if (submittersOfAProject.includes(route)) return ['submitter', 'admin'];
  if (anyAdministrator.includes(route)) return ['admin', 'installation'];
  if (administratorOfTheInstallation.includes(route) || queueBoard.test(route)) return ['installation'];
  return null;
}

let service: TestService;
let api: TestService['api'];
let call: Record<Caller, ReturnType<typeof callWith>>;

beforeAll(async () => {
  service = await startTestService({ mode: 'keys' });
  const queue = { driver: 'postgres', url: service.postgres.url } as const;
  api = await createApi({ ...service, access: { mode: 'keys' }, logLevel: 'silent', queue });
  await service.runs.access.createProject('tenant', noLimits);
  const withApi = { ...service, api };
  const of = async (scope: 'read' | 'submit' | 'admin', projectId: string | null) =>
    (await caller(withApi, { scope, projectId, requestsPerMinute: 100_000 })).call;
  call = {
    nobody: callWith(withApi, {}),
    reader: await of('read', 'tenant'),
    submitter: await of('submit', 'tenant'),
    admin: await of('admin', 'tenant'),
    installation: await of('admin', null),
  };
});
afterAll(async () => {
  await api.close();
  await service.stop();
});

/** Methods that a path lacks answer 405 to all, and are nobody's to declare. */
const isOfAMethod = async (method: string, url: string) =>
  (await call.installation(method as Method, urlOf(url))).statusCode !== 405;

/** With ids that nothing has: whoever is let in gets 400 or 404, not 401 or 403. */
function urlOf(url: string): string {
  const id = url.startsWith('/v1/keys') ? '0'.repeat(16) : '00000000-0000-4000-8000-000000000000';
  return url
    .replace(':digest', '0'.repeat(64))
    .replace(':key', '0'.repeat(64))
    .replace(/:\w+/g, id)
    .replace('*', 'nothing');
}

describe('every route', () => {
  it('lets in the keys that the table names, and no others', async () => {
    let walked = 0;
    for (const { method, url } of api.routeTable) {
      if (url === '*' || !(await isOfAMethod(method, url))) continue;
      const route = `${method} ${url}`;
      const expected = admitted(route);
      expect(expected, `${route} is not in the table`).not.toBeNull();
      const found: Caller[] = [];
      for (const who of callers) {
        const { statusCode, headers, body } = await call[who](method as Method, urlOf(url));
        const refused = statusCode === 401 || statusCode === 403;
        if (!refused) found.push(who);
        else if (method !== 'HEAD') {
          expect(headers['content-type'], route).toBe('application/json; charset=utf-8');
          expect(Object.keys(JSON.parse(body).error), route).toEqual([
            ...['code', 'message', 'next', 'details', 'requestId'],
          ]);
        }
      }
      expect(found, route).toEqual(expected);
      walked++;
    }
    expect(walked).toBeGreaterThan(60);
  });

  it('in the table is served', () => {
    const served = new Set(api.routeTable.map(({ method, url }) => `${method} ${url}`));
    for (const route of [
      ...everybody,
      ...readersOfAProject,
      ...submittersOfAProject,
      ...anyAdministrator,
      ...administratorOfTheInstallation,
    ]) {
      expect(served, route).toContain(route);
    }
  });
});

describe('a route that declares nothing', () => {
  it('cannot be registered', async () => {
    const { default: fastify } = await import('fastify');
    const { requireRouteAccess } = await import('../src/route-access.js');
    const app = fastify();
    requireRouteAccess(app);
    expect(() => app.get('/v1/secrets', () => 'secret')).toThrow('must declare');
  });
});
