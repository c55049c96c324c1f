import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@toogit/testkit';
import type { FastifyBaseLogger } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../src/index.js';
import { startDeliveries } from '../src/webhooks/delivery-loop.js';
import { createSender } from '../src/webhooks/sender.js';
import { startTestService, succeed, type TestService, tinySpec } from './service.js';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
let service: TestService;
let api: TestService['api'];
/** Filled in by each test, since each is on a free port. */
const trustedHosts: string[] = [];

beforeAll(async () => {
  service = await startTestService();
  api = await createApi({
    ...service,
    access: { mode: 'open' },
    logLevel: 'silent',
    webhookTrustedHosts: trustedHosts,
  });
});
afterAll(async () => {
  await api.close();
  await service.stop();
});

const submit = (examples: number, headers: Record<string, string>) =>
  api.inject({ method: 'POST', url: '/v1/experiments', payload: tinySpec(examples), headers });

async function receiver(answers: number[]) {
  const heard: { id: string; experiment: { id: string; state: string } }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push(JSON.parse(body));
    response.writeHead(answers[heard.length - 1] ?? 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  trustedHosts.push(new URL(url).host);
  return {
    url,
    heard,
    close: () => server.close(),
  };
}

describe('webhooks', () => {
  it('are refused with a reason that names the header', async () => {
    const refusals: [Record<string, string>, string][] = [
      [{ 'toogit-webhook-url': 'https://10.0.0.1/', 'toogit-webhook-secret': secret }, 'toogit-webhook-url'],
      [
        { 'toogit-webhook-url': 'http://example.org/', 'toogit-webhook-secret': secret },
        'toogit-webhook-url',
      ],
      [{ 'toogit-webhook-url': 'https://example.org/' }, 'toogit-webhook-secret'],
      [
        { 'toogit-webhook-url': 'https://example.org/', 'toogit-webhook-secret': 'short' },
        'toogit-webhook-secret',
      ],
    ];
    for (const [headers, name] of refusals) {
      const answer = await submit(1, headers);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().error).toMatchObject({
        code: 'REQUEST_INVALID',
        details: [{ path: `headers.${name}` }],
      });
    }
  });

  it('tell of the end at least once: again after a failure, with the same id, and not after that', async () => {
    const { url, heard, close } = await receiver([500, 200]);
    const submitted = await submit(2, { 'toogit-webhook-url': url, 'toogit-webhook-secret': secret });
    expect(submitted.statusCode).toBe(201);
    const { id, steps } = submitted.json();
    expect(await service.runs.takeWebhookDeliveries({ projects: [], receivers: [] })).toEqual([]);
    await succeed(service, steps[0].jobKeys[0], { meta: {}, parts: {} });
    expect((await service.runs.backlog()).webhooks).toBe(1);

    const outcomes: string[] = [];
    const sender = createSender({ trustedHosts });
    const deliveries = startDeliveries({
      // The pauses between tries are a law of their own.
      runs: {
        ...service.runs,
        webhookFailed: (delivery, reason, pause) =>
          service.runs.webhookFailed(delivery, reason, pause === null ? null : 0),
      },
      sender,
      log: api.log as FastifyBaseLogger,
      count: (outcome) => outcomes.push(outcome),
      pollMs: 20,
    });
    await waitFor(async () => (await service.runs.backlog()).webhooks === 0, 20_000);
    await deliveries.stop();
    await sender.close();
    close();
    expect(outcomes).toEqual(['failed', 'delivered']);
    expect(heard).toHaveLength(2);
    expect(heard[1]).toEqual(heard[0]);
    expect(heard[0]).toMatchObject({
      event: 'experiment.ended',
      experiment: { id, name: 'tiny', state: 'succeeded' },
    });
  });

  it('are sent by the service while it listens, also for what the cache answers at once', async () => {
    const { url, heard, close } = await receiver([]);
    await api.listen({ host: '127.0.0.1', port: 0 });
    const answer = await submit(2, { 'toogit-webhook-url': url, 'toogit-webhook-secret': secret });
    expect(answer.json().state).toBe('succeeded');
    await waitFor(() => heard.length === 1, 20_000);
    expect(heard[0]?.experiment.id).toBe(answer.json().id);
    await waitFor(async () => (await service.runs.backlog()).webhooks === 0, 20_000);
    close();
  });
});
