import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { waitFor } from '@toogit/testkit';
import type { FastifyBaseLogger } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createApi } from '../src/index.js';
import { startDeliveries } from '../src/webhooks/delivery-loop.js';
import { createSender } from '../src/webhooks/sender.js';
import { caller, noLimits } from './callers.js';
import { startTestService, succeed, type TestService, tinySpec } from './service.js';

const limits = { total: 20, perReceiver: 2, perProject: 10 };
/** More than are sent at once. */
const many = 30;
const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const trustedHosts: string[] = [];
let service: TestService;
let submit: (project: 'one' | 'other', url?: string) => Promise<{ steps: { jobKeys: string[] }[] }>;
let silent: Server;
let stop: () => Promise<void>;
const outcomes: string[] = [];

beforeAll(async () => {
  service = await startTestService({ mode: 'keys' });
  service.api = await createApi({
    ...service,
    access: { mode: 'keys' },
    logLevel: 'silent',
    webhookTrustedHosts: trustedHosts,
  });
  const calls = {
    one: await projectCaller('one'),
    other: await projectCaller('other'),
  };
  submit = async (project, url) => {
    const headers = { 'toogit-webhook-url': url ?? '', 'toogit-webhook-secret': secret };
    const answer = await calls[project]('POST', '/v1/experiments', tinySpec(1), url ? headers : {});
    expect(answer.statusCode, answer.body).toBeLessThan(300);
    return answer.json();
  };
  // Known from here on, so that an experiment ends as soon as it is submitted.
  const { steps } = await submit('one');
  await succeed(service, steps[0]?.jobKeys[0] ?? '', { meta: {}, parts: {} });
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '0.0.0.0', resolve));
});
afterAll(async () => {
  silent.close();
  await service.stop();
});

async function projectCaller(id: string) {
  await service.runs.access.createProject(id, noLimits);
  return (await caller(service, { scope: 'submit', projectId: id })).call;
}

beforeEach(() => {
  outcomes.length = 0;
  const sender = createSender({ trustedHosts, timeoutMs: 120_000 });
  const deliveries = startDeliveries({
    runs: service.runs,
    sender,
    log: service.api.log as FastifyBaseLogger,
    count: (outcome) => outcomes.push(outcome),
    pollMs: 20,
    limits,
  });
  stop = async () => {
    const stopped = deliveries.stop();
    await sender.close();
    await stopped;
  };
});
afterEach(() => stop());

function silentUrl(address: string): string {
  const url = `http://${address}:${(silent.address() as AddressInfo).port}/`;
  trustedHosts.push(new URL(url).host);
  return url;
}

async function answeringReceiver() {
  const server = createHttpServer((_request, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  trustedHosts.push(new URL(url).host);
  return { url, close: () => server.close() };
}

it('a receiver that never answers does not delay another one of its project', async () => {
  const url = silentUrl('127.0.0.1');
  for (let i = 0; i < many; i++) await submit('one', url);
  const { url: answering, close } = await answeringReceiver();
  await submit('one', answering);
  await waitFor(() => outcomes.length > 0, 20_000);
  expect(outcomes).toEqual(['delivered']);
  close();
});

it('a project whose receivers never answer does not delay another project', async () => {
  for (let i = 0; i < many; i++) await submit('one', silentUrl(`127.0.1.${i + 1}`));
  const { url, close } = await answeringReceiver();
  await submit('other', url);
  await waitFor(() => outcomes.length > 0, 20_000);
  expect(outcomes).toEqual(['delivered']);
  close();
});
