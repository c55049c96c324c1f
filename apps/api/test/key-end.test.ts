import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createArtifactStore } from '@toogit/artifacts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../src/index.js';
import { caller } from './callers.js';
import { claim, startTestService, type TestService, tinySpec } from './service.js';

let service: TestService;
let api: TestService['api'];
let url: string;
const mayRead = { scope: 'submit', projectId: 'default' } as const;

beforeAll(async () => {
  service = await startTestService({ mode: 'keys' });
  api = await createApi({
    ...service,
    access: { mode: 'keys' },
    logLevel: 'silent',
    streamRecheckMs: 50,
  });
  url = await api.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await api.close();
  await service.stop();
});

async function open(path: string, apiKey: string): Promise<IncomingMessage> {
  const request = get(`${url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.on('error', () => {});
  return answer;
}

/** A connection that is cut is an error first; `once` would throw it. */
const closeOf = (stream: IncomingMessage) => new Promise((resolve) => stream.once('close', resolve));

describe('a key that is revoked', () => {
  it('is refused from then on, however its last use and the revocation meet', async () => {
    for (let round = 0; round < 40; round++) {
      const { id, apiKey, call } = await caller(service, mayRead);
      const use = call('GET', '/v1/experiments');
      await delay(round % 8);
      await service.runs.access.revokeKey(id, null);
      await use;
      expect((await call('GET', '/v1/experiments')).statusCode, `round ${round}, ${apiKey}`).toBe(401);
    }
  });

  it('is refused by every process, not only by the one that revoked it', async () => {
    const { id, call } = await caller(service, mayRead);
    expect((await call('GET', '/v1/experiments')).statusCode).toBe(200);
    const admin = await caller(service, { scope: 'admin', projectId: 'default' });
    const headers = { authorization: `Bearer ${admin.apiKey}` };
    await api.inject({ method: 'POST', url: `/v1/keys/${id}/revoke`, headers });
    expect((await call('GET', '/v1/experiments')).statusCode).toBe(401);
  });

  it('ends its event streams, and no others', async () => {
    const [leaving, staying] = [await caller(service, mayRead), await caller(service, mayRead)];
    const { id } = (await leaving.call('POST', '/v1/experiments', tinySpec(1))).json();
    const [ended, goingOn] = await Promise.all(
      [leaving, staying].map(({ apiKey }) => open(`/v1/experiments/${id}/events`, apiKey)),
    );
    await Promise.all([ended, goingOn].map((stream) => once(stream as IncomingMessage, 'data')));
    const cut = closeOf(ended as IncomingMessage);
    ended?.resume();
    goingOn?.resume();
    await service.runs.access.revokeKey(leaving.id, null);
    await cut;
    expect(ended?.complete).toBe(false);
    await delay(200);
    expect(goingOn?.closed).toBe(false);
    goingOn?.destroy();
  });

  it('ends a download that is under way', async () => {
    const { apiKey, id, call } = await caller(service, mayRead);
    const { steps } = (await call('POST', '/v1/experiments', tinySpec(2))).json();
    const claimed = await claim(service.runs, steps[0].jobKeys[0]);
    const artifacts = createArtifactStore(service.blobs);
    const part = await artifacts.writeBytes('columns', 'text/csv', new Uint8Array(64_000_000));
    const { digest } = await artifacts.writeManifest({ type: 'dataset', parts: [part], meta: {} });
    await service.runs.succeed(claimed, {
      artifact: { digest, type: 'dataset', bytes: part.bytes, parts: [part] },
      ...{ result: {}, metrics: [], peakRssBytes: 1, provenance: {} },
    });
    const download = await open(`/v1/blobs/${part.sha256}`, apiKey);
    await once(download, 'readable');
    download.read(1);
    await service.runs.access.revokeKey(id, null);
    const cut = closeOf(download);
    await delay(200);
    download.resume();
    await cut;
    expect(download.complete).toBe(false);
  });
});

describe('a key that expires', () => {
  it('ends its event streams', async () => {
    const expiresAt = new Date(Date.now() + 2_000).toISOString();
    const { apiKey } = await service.runs.access.createKey({
      ...{ name: 'brief', ...mayRead, requestsPerMinute: null, expiresAt },
    });
    const { call } = await caller(service, mayRead);
    const { id } = (await call('POST', '/v1/experiments', tinySpec(3))).json();
    const stream = await open(`/v1/experiments/${id}/events`, apiKey);
    stream.resume();
    await closeOf(stream);
    expect(stream.complete).toBe(false);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
  });
});
