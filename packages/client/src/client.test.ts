import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from './client.js';

/** These are about what a sound service never does: vanish, hang up, answer nonsense. */

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server that answers the n-th request (from 0) as told. */
async function serve(respond: (response: ServerResponse, n: number) => void): Promise<string> {
  let count = 0;
  const server = createServer((_request, response) => respond(response, count++));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const stream = (response: ServerResponse, text: string) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(text);
const snapshot = 'event: snapshot\ndata: {"experiment":{},"jobs":[]}\n\n';
const end = 'event: end\ndata: {"state":"succeeded"}\n\n';

async function namesOf(events: AsyncIterable<{ event: string }>): Promise<string[]> {
  const names: string[] = [];
  for await (const { event } of events) names.push(event);
  return names;
}

describe('when nothing answers', () => {
  it('says so, and at which address', async () => {
    const url = await serve(() => {});
    await stops.pop()?.();
    const client = createClient(url);
    for (const call of [client.getExperiment('x'), client.getReadiness(), client.download('/v1/blobs/x')]) {
      const error = await call.catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'API_UNREACHABLE', message: expect.stringContaining(url) });
      expect(String(error)).toContain('ECONNREFUSED');
    }
    await expect(namesOf(client.watchExperiment('x'))).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
  });

  it('tells a gateway that has no service behind it from a service with a defect', async () => {
    const url = await serve((response, n) => response.writeHead(n === 0 ? 502 : 500).end('<html>no</html>'));
    await expect(createClient(url).getExperiment('x')).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    await expect(createClient(url).getExperiment('x')).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const refusal = (code: string) => ({
  error: { code, message: 'no', next: 'Wait.', details: [], requestId: 'r' },
});

describe('a service that limits', () => {
  it('is waited for as long as it says, and the request is sent again whole', async () => {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      bodies.push(body);
      if (bodies.length < 3) json(response, 429, refusal('RATE_LIMITED'), { 'retry-after': '0.05' });
      else json(response, 201, { id: 'x' });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(async () => void server.close());
    const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await expect(client.submitExperiment('study: x')).resolves.toEqual({ id: 'x' });
    expect(bodies).toEqual(['study: x', 'study: x', 'study: x']);
  });

  it('by a quota is not waited for: only a person can make room', async () => {
    const url = await serve((response) =>
      json(response, 429, refusal('QUOTA_EXCEEDED'), { 'retry-after': '60' }),
    );
    await expect(createClient(url).getExperiment('x')).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  });

  it('for longer than a person would wait is an error at once', async () => {
    const url = await serve((response) =>
      json(response, 429, refusal('RATE_LIMITED'), { 'retry-after': '3600' }),
    );
    await expect(createClient(url).getExperiment('x')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      next: 'Wait.',
    });
  });
});

describe('a download', () => {
  it('comes from the service itself and from nowhere else', async () => {
    const client = createClient(await serve(() => {}));
    await expect(client.download('http://127.0.0.2:1/x')).rejects.toMatchObject({
      code: 'SERVICE_UNTRUSTED',
    });
  });
});

describe('watching', () => {
  it('goes on over connections that break, each beginning with a snapshot', async () => {
    const url = await serve((response, n) => {
      stream(response, snapshot);
      if (n === 0) setImmediate(() => response.destroy());
      else if (n === 1) response.end();
      else response.end(end);
    });
    const names = await namesOf(createClient(url).watchExperiment('x'));
    expect(names.at(-1)).toBe('end');
    expect(names.filter((name) => name === 'snapshot').length).toBeGreaterThanOrEqual(2);
  });

  it('outlives a service that is away for a moment', async () => {
    const url = await serve((response, n) => {
      if (n === 0) stream(response, snapshot) && response.end();
      else if (n < 3) response.destroy();
      else stream(response, `${snapshot}${end}`) && response.end();
    });
    expect(await namesOf(createClient(url).watchExperiment('x'))).toEqual(['snapshot', 'snapshot', 'end']);
  });

  it('gives up after as many failures in a row as it was told', async () => {
    const requests: number[] = [];
    const url = await serve((response, n) => {
      requests.push(n);
      if (n === 0) stream(response, snapshot) && response.end();
      else response.destroy();
    });
    const watching = namesOf(createClient(url).watchExperiment('x', { maxRetries: 2 }));
    await expect(watching).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    expect(requests).toEqual([0, 1, 2]);
  });

  it('does not ask again for what is not there', async () => {
    const body = { error: { code: 'NOT_FOUND', message: 'There is no experiment x.', details: [] } };
    const requests: number[] = [];
    const url = await serve((response, n) => {
      requests.push(n);
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await expect(namesOf(createClient(url).watchExperiment('x'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(requests).toEqual([0]);
  });

  it('ends quietly when it is stopped, and disconnects', async () => {
    let hungUp = () => {};
    const gone = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const url = await serve((response) => {
      response.once('close', () => hungUp());
      stream(response, snapshot);
    });
    const stop = new AbortController();
    const names: string[] = [];
    for await (const { event } of createClient(url).watchExperiment('x', { signal: stop.signal })) {
      names.push(event);
      stop.abort();
    }
    await gone;
    expect(names).toEqual(['snapshot']);
  });

  it('end a quiet connection when they are aborted, whatever has been collected meanwhile', async () => {
    const url = await serve((response) => stream(response, snapshot));
    const stop = new AbortController();
    const reader = await createClient(url).download('/v1/blobs/x', { signal: stop.signal });
    const downloading = new Response(reader).text().catch((error: Error) => error.name);
    for await (const { event } of createClient(url).watchExperiment('x', { signal: stop.signal })) {
      expect(event).toBe('snapshot');
      for (let i = 0; i < 5; i++) {
        collectGarbage();
        await delay(10);
      }
      setTimeout(() => stop.abort(), 50);
    }
    expect(await downloading).toBe('AbortError');
  });
});
