import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { WebhookDelivery } from '@toogit/runs';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { nextRetryMs } from '../src/webhooks/delivery-loop.js';
import { checkedLookup, isPublic, urlProblem } from '../src/webhooks/receiver-address.js';
import { createSender, type SenderOptions } from '../src/webhooks/sender.js';
import { secretPattern, signatureHeaders } from '../src/webhooks/signature.js';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const otherSecret = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
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
  it('signs the bytes it sends, as receivers by Standard Webhooks check them', async () => {
    const heard: { body: string; headers: Record<string, string> }[] = [];
    const { url } = await receiver(async (request, response) => {
      heard.push({ body: await text(request), headers: request.headers as Record<string, string> });
      response.writeHead(204).end();
    });
    await send(url);
    const [{ body, headers }] = heard as [(typeof heard)[number]];
    const event = {
      id: 'd1',
      event: 'experiment.ended',
      experiment: { ...delivery(url).experiment, finishedAt: '2026-01-01T00:00:00.000Z' },
    };
    expect(headers['webhook-id']).toBe('d1');
    expect(new Webhook(secret).verify(body, headers)).toEqual(event);
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
    expect(() => new Webhook(otherSecret).verify(body, headers)).toThrow();
  });

  it("gives the signature that the libraries' own tests expect", () => {
    const example = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
    const body = '{"test": 2432232314}';
    expect(signatureHeaders(example, id, body, new Date(1614265330_000))).toEqual({
      'webhook-id': id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('takes keys of 24 to 64 bytes', () => {
    const taken = (bytes: number) => secretPattern.test(`whsec_${randomBytes(bytes).toString('base64')}`);
    expect([16, 23, 24, 25, 26, 32, 63, 64, 66].map(taken)).toEqual([
      ...[false, false, true, true, true, true, true, true, false],
    ]);
    expect(secretPattern.test(secret.slice(0, -1))).toBe(false);
    expect(secretPattern.test('a-secret-of-some-length-without-a-prefix')).toBe(false);
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
