import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService, tinySpec } from './service.js';

let service: TestService;
let origin: string;

beforeAll(async () => {
  service = await startTestService();
  origin = await service.api.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service.stop());

async function stored(): Promise<number> {
  const { items } = await service.runs.listExperiments({ limit: 200 });
  return items.length;
}

const images = { kind: 'dataset', dataset: 'mnist', split: 'train', examples: 1000 };
const model = { kind: 'train', dataset: 'images', architecture: 'cnn', epochs: 1 };
const attack = {
  kind: 'attack',
  sourceModel: 'model',
  dataset: 'images',
  norm: 'l2',
  epsilon: 0.5,
  targets: 'next',
};
const graph = (steps: Record<string, unknown>) => JSON.stringify({ name: 'bad', steps });

const badSpecs: [what: string, body: string, code: string, path?: string, hint?: RegExp][] = [
  [
    'a misspelt key',
    graph({ images, model, attack: { ...attack, stepsize: 0.1 } }),
    'SPEC_INVALID',
    'steps.attack.stepsize',
    /stepSize/,
  ],
  [
    'a wrong unit',
    graph({ images, model, attack: { ...attack, norm: 'linf', epsilon: 8 } }),
    'SPEC_INVALID',
    'steps.attack.epsilon',
  ],
  [
    'a negative epsilon',
    graph({ images, model, attack: { ...attack, epsilon: -0.5 } }),
    'SPEC_INVALID',
    'steps.attack.epsilon',
  ],
  [
    'an unknown architecture',
    graph({ images, model: { ...model, architecture: 'resnet19' } }),
    'SPEC_INVALID',
    'steps.model.architecture',
    /resnet18|resnet9/,
  ],
  [
    'a cyclic reference',
    graph({
      images,
      model: { ...model, dataset: 'shuffled' },
      attack,
      shuffled: { kind: 'synthesize', construction: 'd_det', examples: 'attack' },
    }),
    'SPEC_INVALID',
  ],
  ['invalid JSON', '{"name": "bad", "steps": {', 'SPEC_SYNTAX'],
  ['invalid YAML', 'name: [bad\nsteps: }', 'SPEC_SYNTAX'],
  ['nothing', '', 'SPEC_INVALID'],
  ['a list', '[]', 'SPEC_INVALID'],
  ['a character that cannot be stored', JSON.stringify(tinySpec(1, 'nul \0')), 'SPEC_INVALID', 'name'],
  ['a lone surrogate', JSON.stringify(tinySpec(1, '\ud800')), 'SPEC_INVALID', 'name'],
  [
    'a name of 201 characters',
    JSON.stringify(tinySpec(1, 'x'.repeat(201))),
    'SPEC_INVALID',
    'name',
    /1 to 200/,
  ],
];

describe.each(['/v1/experiments', '/v1/plans'])('POST %s refuses', (url) => {
  it.each(badSpecs)('%s', async (_what, body, code, path, hint) => {
    const type = code === 'SPEC_SYNTAX' && body.startsWith('name') ? 'application/yaml' : 'application/json';
    const answer = await service.api.inject({
      method: 'POST',
      url,
      body,
      headers: { 'content-type': type },
    });
    expect(answer.statusCode).toBe(400);
    const { error } = answer.json();
    expect(error).toMatchObject({ code, requestId: answer.headers['x-request-id'] });
    expect(error.next).toMatch(/\.$/);
    if (path) expect(error.details.map((detail: { path: string }) => detail.path)).toContain(path);
    if (hint) expect(JSON.stringify(error.details)).toMatch(hint);
    expect(answer.body).not.toMatch(/\.js:|node_modules|\bat \w+ \(/);
    expect(await stored()).toBe(0);
  });

  it('10 MB, over a real socket', async () => {
    const answer = await fetch(origin + url, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: `name: ${'x'.repeat(10_000_000)}`,
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code: 'SPEC_TOO_LARGE', message: 'The body is larger than 256 KiB.' },
    });
    expect(await stored()).toBe(0);
  });

  it('another media type', async () => {
    const headers = { 'content-type': 'application/xml' };
    const answer = await service.api.inject({ method: 'POST', url, body: '<spec/>', headers });
    expect(answer.statusCode).toBe(415);
    expect(answer.json().error).toMatchObject({
      code: 'MEDIA_TYPE_UNSUPPORTED',
      message: expect.stringMatching(/media type/i),
    });
  });
});

const badRequests: [method: 'GET' | 'POST', url: string, code: string, path?: string][] = [
  ['GET', '/v1/experiments?limit=0', 'REQUEST_INVALID', 'querystring.limit'],
  ['GET', '/v1/experiments?limit=ten', 'REQUEST_INVALID', 'querystring.limit'],
  ['GET', '/v1/experiments?stat=running', 'REQUEST_INVALID', 'querystring.stat'],
  ['GET', '/v1/experiments?state=done', 'REQUEST_INVALID', 'querystring.state'],
  ['GET', '/v1/experiments?study=%00', 'REQUEST_INVALID', 'querystring.study'],
  ['GET', '/v1/experiments?cursor=nonsense', 'CURSOR_INVALID'],
  ['GET', '/v1/experiments?cursor=00000000-0000-4000-8000-000000000000', 'CURSOR_INVALID'],
  ['GET', '/v1/audit?cursor=-1', 'CURSOR_INVALID'],
  ['GET', '/v1/jobs?state=failed&cursor=MTIzIG5vIGtleQ', 'CURSOR_INVALID'],
  ['GET', '/v1/experiments/nobody', 'NOT_FOUND'],
  ['GET', '/v1/experiments/%00', 'NOT_FOUND'],
  ['GET', '/v1/experiments/%E0%A4%A', 'REQUEST_INVALID'],
  ['GET', '/v1/experiments/00000000-0000-4000-8000-000000000000', 'NOT_FOUND'],
  ['GET', '/v1/experiments/00000000-0000-4000-8000-000000000000/jobs', 'NOT_FOUND'],
  ['GET', '/v1/experiments/00000000-0000-4000-8000-000000000000/events', 'NOT_FOUND'],
  ['GET', '/v1/experiments/00000000-0000-4000-8000-000000000000/report', 'NOT_FOUND'],
  ['GET', '/v1/experiments/nobody/report?format=pdf', 'REQUEST_INVALID', 'querystring.format'],
  ['GET', '/v1/experiments/nobody/jobs?verbose=1', 'REQUEST_INVALID', 'querystring.verbose'],
  ['POST', '/v1/experiments/nobody/cancel', 'NOT_FOUND'],
  ['POST', '/v1/experiments/nobody/retry', 'NOT_FOUND'],
  ['GET', '/v1/jobs/nobody', 'REQUEST_INVALID', 'params.key'],
  ['GET', '/v1/jobs/abc', 'ID_AMBIGUOUS', 'job'],
  ['GET', '/v1/experiments/abc', 'ID_AMBIGUOUS', 'experiment'],
  ['GET', '/v1/experiments/abcd', 'NOT_FOUND'],
  ['GET', `/v1/jobs/${'0'.repeat(64)}`, 'NOT_FOUND'],
  ['GET', `/v1/artifacts/${'0'.repeat(64)}`, 'NOT_FOUND'],
  ['GET', '/v1/blobs/..%2F..%2Fetc%2Fpasswd', 'REQUEST_INVALID', 'params.digest'],
  ['GET', `/v1/blobs/${'0'.repeat(64)}`, 'NOT_FOUND'],
  ['GET', '/v2/experiments', 'NOT_FOUND'],
];

describe('requests that are refused', () => {
  it('YAML where no spec is submitted', async () => {
    const headers = { 'content-type': 'application/yaml' };
    const answer = await service.api.inject({ method: 'POST', url: '/v1/keys', body: 'name: x', headers });
    expect(answer.statusCode).toBe(415);
    expect(answer.json().error.code).toBe('MEDIA_TYPE_UNSUPPORTED');
  });

  it.each(badRequests)('%s %s: %s', async (method, url, code, path) => {
    const answer = await service.api.inject({ method, url });
    const { error } = answer.json();
    expect(error).toMatchObject({ code, requestId: answer.headers['x-request-id'] });
    expect(answer.statusCode).toBe(code === 'NOT_FOUND' ? 404 : 400);
    if (path) expect(error.details.map((detail: { path: string }) => detail.path)).toContain(path);
  });

  it.each([
    ['/v1/dashboard/acuracy', '/v1/dashboard/accuracy'],
    ['/v1/dashboard/theory.svgs', '/v1/dashboard/theory.svg'],
    ['/v1/experiment', '/v1/experiments'],
    ['/healtz', '/healthz'],
  ])('%s, and name the path that is meant', async (url, meant) => {
    const answer = await service.api.inject({ method: 'GET', url });
    expect(answer.json().error).toMatchObject({ code: 'NOT_FOUND', next: `Did you mean ${meant}?` });
  });

  it('an Idempotency-Key that is too long', async () => {
    const headers = { 'idempotency-key': 'k'.repeat(256) };
    const answer = await service.api.inject({
      method: 'POST',
      url: '/v1/experiments',
      payload: tinySpec(1),
      headers,
    });
    expect(answer.json().error).toMatchObject({
      code: 'REQUEST_INVALID',
      details: [{ path: 'headers.idempotency-key' }],
    });
    expect(await stored()).toBe(0);
  });

  it.each([
    ['a body of 300 kB', JSON.stringify({ name: 'x'.repeat(300_000) }), 'Send a smaller body.'],
    ['JSON cut off', '{"name": ', 'Correct the JSON syntax of the body.'],
    ['no body', '', 'Send a JSON body, or no content-type.'],
  ])('%s where no spec is submitted, with advice that fits', async (_, body, next) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await service.api.inject({ method: 'POST', url: '/v1/keys', body, headers });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({ code: 'REQUEST_INVALID', next });
  });

  it('a digest that nothing has, with where digests are listed', async () => {
    const answer = await service.api.inject({ method: 'GET', url: `/v1/blobs/${'0'.repeat(64)}` });
    expect(answer.json().error.next).toContain('/v1/artifacts/:digest');
  });

  it('what is not HTTP, without falling over', async () => {
    const { port } = service.api.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write('NONSENSE\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 .*"code":"REQUEST_INVALID".*"next":"Send HTTP/s);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });

  it('a URL that is too long, with a body as all errors have it', async () => {
    const answer = await fetch(`${origin}/v1/experiments?study=${'x'.repeat(20_000)}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: {
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('16 kB'),
        next: 'Send fewer or shorter ones.',
      },
    });
  });

  it.each([
    ['GET', '/v1/plans', 'POST'],
    ['HEAD', '/healthz', 'GET'],
    ['DELETE', '/v1/experiments', 'GET, POST'],
    ['TRACE', '/v1/experiments/nobody', 'DELETE, GET, PATCH'],
    ['QUERY', '/v1/jobs', 'GET'],
  ])('%s %s: it has only %s', async (method, url, allow) => {
    const answer = await service.api.inject({ method: method as 'GET', url });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    if (method !== 'HEAD') expect(answer.json().error.code).toBe('METHOD_NOT_ALLOWED');
  });
});
