import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openRuns } from '@toogit/runs';
import { createTestDatabase, freePort, waitFor } from '@toogit/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { cacheDir } from './cache-dir.js';

interface Span {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
}
interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] };
    scopeSpans: { spans: Omit<Span, 'service'>[] }[];
  }[];
}

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** An OTLP/HTTP receiver. */
async function startCollector() {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const { resourceSpans } = (await json(request)) as Export;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      for (const scope of scopeSpans) spans.push(...scope.spans.map((span) => ({ ...span, service })));
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { spans, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function start(main: string, env: Record<string, string>): ChildProcess {
  const child = fork(fileURLToPath(new URL(main, import.meta.url)), {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  cleanUp.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  });
  return child;
}

async function newKey(databaseUrl: string): Promise<string> {
  const runs = openRuns(databaseUrl);
  cleanUp.push(() => runs.close());
  const { apiKey } = await runs.access.createKey({
    ...{ name: 'test', scope: 'submit', projectId: 'default', requestsPerMinute: null, expiresAt: null },
  });
  return apiKey;
}

describe('a trace', () => {
  it('runs from the POST through the queue into the compute process', async () => {
    const collector = await startCollector();
    const database = await createTestDatabase();
    cleanUp.push(() => database.stop());
    const directory = await mkdtemp(join(tmpdir(), 'toogit-traces-'));
    cleanUp.push(() => rm(directory, { recursive: true, force: true }));
    const port = await freePort();
    const metricsPort = await freePort();
    const env = {
      DATABASE_URL: database.url,
      TOOGIT_ARTIFACTS_DIR: directory,
      TOOGIT_PORT: String(port),
      TOOGIT_METRICS_PORT: String(metricsPort),
      TOOGIT_CACHE_DIR: cacheDir,
      TOOGIT_DEVICE: 'cpu',
      TOOGIT_THREADS: '1',
      LOG_LEVEL: 'silent',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    };
    start('../../api/dist/main.js', env);
    const url = `http://127.0.0.1:${port}`;
    await waitFor(async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok === true, 120_000);
    start('../dist/main.js', env);

    const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    const answer = await fetch(`${url}/v1/experiments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await newKey(database.url)}`,
        'content-type': 'application/yaml',
        traceparent: `00-${parent.traceId}-${parent.spanId}-01`,
      },
      body: 'study: gaussian\nprofile: smoke\n',
    });
    expect(answer.status).toBe(201);
    const inTrace = () => collector.spans.filter(({ traceId }) => traceId === parent.traceId);
    const one = (name: string) => inTrace().find((span) => span.name === name);
    const names = [
      'POST /v1/experiments',
      'plan',
      'persist',
      'push',
      'claim',
      'attempt',
      'job',
      'compute',
      'store',
    ];
    await waitFor(() => names.every((name) => one(name) !== undefined), 240_000);

    const [post, attempt, job] = [one('POST /v1/experiments'), one('attempt'), one('job')];
    expect(post?.parentSpanId).toBe(parent.spanId);
    for (const name of ['plan', 'persist', 'push', 'claim', 'attempt'])
      expect(one(name)?.parentSpanId, name).toBe(post?.spanId);
    const attempts = inTrace().filter(({ name }) => name === 'attempt');
    const jobs = inTrace().filter(({ name }) => name === 'job');
    expect(jobs.some(({ parentSpanId }) => attempts.some(({ spanId }) => spanId === parentSpanId))).toBe(
      true,
    );
    expect([post?.service, attempt?.service, job?.service]).toEqual([
      'toogit-api',
      'toogit-worker',
      'toogit-compute',
    ]);

    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toMatch(/toogit_job_duration_seconds_count\{kind="[\w.]+",outcome="succeeded"\} [1-9]/);
    expect(metrics).toMatch(/toogit_worker_resident_memory_bytes\{process="compute"\} [1-9]/);
  }, 400_000);
});
