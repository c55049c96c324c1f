import { createHmac } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookDelivery } from '@toogit/runs';
import { afterEach, describe, expect, it } from 'vitest';
import { nextRetryMs } from '../src/webhooks/delivery-loop.js';
import { checkedLookup, isPublic, urlProblem } from '../src/webhooks/receiver-address.js';
import { createSender, type SenderOptions } from '../src/webhooks/sender.js';

const secret = 'a-secret-of-some-length';
const cleanUp: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function receiver(answer: RequestListener) {
  const server: Server = createServer(answer);
  let connections = 0;
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/hook`, connections: () => connections };
}

function delivery(url: string): WebhookDelivery {
  return {
    ...{ id: 'd1', projectId: 'p', receiver: new URL(url).origin },
    ...{ tries: 1, url, secret, endedAt: '2026-01-01T00:00:00.000Z' },
    experiment: { id: 'e1', name: 'n', study: null, profile: null, specDigest: 'x', state: 'succeeded' },
  };
}

function send(url: string, options: Partial<SenderOptions> = {}) {
  const sender = createSender({ trustedHosts: [new URL(url).host], timeoutMs: 2_000, ...options });
  cleanUp.push(() => sender.close());
  return sender.send(delivery(url));
}

describe('sending a webhook', () => {
  it('signs the bytes it sends', async () => {
    let heard: { body: string; signature: string } | null = null;
    const { url } = await receiver(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      heard = { body, signature: String(request.headers['toogit-signature']) };
      response.writeHead(204).end();
    });
    await send(url);
    const { body, signature } = heard as unknown as { body: string; signature: string };
    expect(JSON.parse(body)).toEqual({
      id: 'd1',
      event: 'experiment.ended',
      experiment: { ...delivery(url).experiment, finishedAt: '2026-01-01T00:00:00.000Z' },
    });
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(Math.abs(Date.now() / 1000 - Number(t))).toBeLessThan(60);
    expect(createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')).toBe(v1);
  });

  it('takes anything but 2xx for a failure, and follows no redirect', async () => {
    const target = await receiver((_request, response) => response.end());
    const { url } = await receiver((_request, response) =>
      response.writeHead(307, { location: target.url }).end(),
    );
    await expect(send(url)).rejects.toThrow('answered 307');
    expect(target.connections()).toBe(0);
  });

  it('waits no longer than it may', async () => {
    const { url } = await receiver(() => undefined);
    await expect(send(url, { timeoutMs: 200 })).rejects.toThrow();
  });

  it('reads no more of an answer than it must', async () => {
    const { url } = await receiver((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        response.once('drain', more);
      };
      more();
    });
    await send(url, { timeoutMs: 5_000 });
  });

  it('does not even connect to a name at a private address, however the name is spelt', async () => {
    const { port, connections } = await receiver((_request, response) => response.end());
    const none = { trustedHosts: [] };
    await expect(send(`https://localhost:${port}/`, none)).rejects.toThrow(/private address/);
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
      '[::7f00:1]',
    ])
      await expect(send(`https://${host}:${port}/`, none), host).rejects.toThrow(/private address/);
    await expect(send(`http://127.0.0.1:${port}/`, none)).rejects.toThrow(/https/);
    expect(connections()).toBe(0);
  });

  it('connects to the address that was checked, not to what the name says next', async () => {
    const { port, connections } = await receiver((_request, response) => response.end());
    let calls = 0;
    const rebinding = ((_name: string, _options: object, callback: (...answer: unknown[]) => void) => {
      calls++;
      callback(null, [{ address: calls === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }]);
    }) as unknown as NonNullable<SenderOptions['resolve']>;
    const options = { trustedHosts: [], timeoutMs: 300, resolve: rebinding };
    await expect(send(`https://rebinding.test:${port}/`, options)).rejects.toThrow();
    await expect(send(`https://rebinding.test:${port}/`, options)).rejects.toThrow(/private address/);
    expect(connections()).toBe(0);
  });

  it('refuses a name with one private address among public ones', async () => {
    const resolve = ((_name: string, _options: object, callback: (...answer: unknown[]) => void) =>
      callback(null, [
        { address: '93.184.215.14', family: 4 },
        { address: 'fd00::1', family: 6 },
      ])) as unknown as NonNullable<SenderOptions['resolve']>;
    const failure = await new Promise((done) => checkedLookup(resolve)('x.test', { all: true }, done));
    expect(String(failure)).toContain('fd00::1');
  });
});

describe('addresses', () => {
  it('knows the public internet', () => {
    const inside = ['10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '127.9.9.9'];
    const insideV6 = ['::1', '::', 'fe80::1', 'fc00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::'];
    const outside = ['::7f00:1', '::127.0.0.1', '64:ff9b:1::a00:1', '::ffff:0:7f00:1', '4000::1', 'fec0::1'];
    for (const address of [...inside, ...insideV6, ...outside, '0.0.0.0', '224.0.0.1', '255.255.255.255'])
      expect(isPublic(address), address).toBe(false);
    for (const address of ['1.1.1.1', '93.184.215.14', '2606:4700::1111'])
      expect(isPublic(address), address).toBe(true);
  });

  it('refuses URLs that hold a password or another scheme', () => {
    for (const url of ['https://u:p@example.org/', 'ftp://example.org/', 'nonsense', 'http://example.org/'])
      expect(urlProblem(url, []), url).not.toBeNull();
    expect(urlProblem('https://example.org/hook', [])).toBeNull();
    expect(urlProblem('http://receiver.lan/hook', ['receiver.lan'])).toBeNull();
  });
});

describe('trusted hosts', () => {
  const trusted = ['127.0.0.1', 'receiver.lan:8080', '[fd00::1]:9000'];

  it.each([
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'http://RECEIVER.lan:8080/x',
    'http://[fd00::1]:9000/',
  ])('%s is one', (url) => expect(urlProblem(url, trusted)).toBeNull());

  it.each([
    ['http://127.0.0.1:6379/', 'https'],
    ['https://127.0.0.1:5432/', 'private address'],
    ['http://receiver.lan/', 'https'],
    ['https://[fd00::1]/', 'private address'],
  ])('%s is none: another port', (url, problem) => expect(urlProblem(url, trusted)).toContain(problem));

  it('is checked again where the name is resolved', async () => {
    const { port, connections } = await receiver((_request, response) => response.end());
    const trusting = { trustedHosts: ['localhost:1'] };
    await expect(send(`https://localhost:${port}/`, trusting)).rejects.toThrow(/private address/);
    expect(connections()).toBe(0);
  });
});

describe('retries', () => {
  it('back off from 5 s to an hour, for a day', () => {
    expect(nextRetryMs(1, 0, 0)).toBe(5_000);
    expect(nextRetryMs(1, 0, 1)).toBe(10_000);
    expect(nextRetryMs(3, 0, 1)).toBe(40_000);
    expect(nextRetryMs(50, 3_600_000, 1)).toBe(3_600_000);
    expect(nextRetryMs(2, 24 * 3_600_000, 1)).toBeNull();
  });
});
