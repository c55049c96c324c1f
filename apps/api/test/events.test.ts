import { createClient, type ExperimentEvent } from '@toogit/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experimentFeed } from '../src/experiment-feed.js';
import { claim, startTestService, succeed, type TestService, tinySpec } from './service.js';

let service: TestService;
let url: string;

beforeAll(async () => {
  service = await startTestService();
  url = await service.api.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service.stop());

async function submit(examples: number) {
  const experiment = await createClient(url).submitExperiment(tinySpec(examples));
  return { id: experiment.id, key: experiment.steps[0]?.jobKeys[0] ?? '' };
}

/** An image, a network, and an attack in 1,200 blocks. */
const largeSpec = {
  name: 'large',
  steps: {
    images: { kind: 'dataset', dataset: 'mnist', split: 'train', examples: 1_200 },
    model: { kind: 'train', dataset: 'images', architecture: 'cnn', epochs: 1 },
    attack: {
      ...{ kind: 'attack', dataset: 'images', sourceModel: 'model', norm: 'l2', epsilon: 0.5 },
      ...{ targets: 'next', blockSize: 1 },
    },
  },
};

type JobEvent = Extract<ExperimentEvent, { event: 'job' }>;

const isJob = (event: ExperimentEvent): event is JobEvent => event.event === 'job';

describe('events of an experiment', () => {
  it('begin with a snapshot, follow its jobs and end with it', async () => {
    const { id, key } = await submit(1);
    const events: ExperimentEvent[] = [];
    for await (const event of createClient(url).watchExperiment(id)) {
      events.push(event);
      if (event.event === 'snapshot') {
        const fence = await claim(service.runs, key);
        await service.runs.heartbeat(fence, {
          ...{ done: 1, total: 10, unit: 'images' },
          ...{ rate: null, etaSeconds: null, message: null },
        });
      }
      if (isJob(event) && event.data.progress?.done === 1 && event.data.state === 'running') {
        await service.runs.release({ jobKey: key, attempt: event.data.attempt });
        await succeed(service, key, { meta: {}, parts: {} });
      }
    }
    expect(events[0]).toMatchObject({
      event: 'snapshot',
      data: { experiment: { id, state: 'running' }, jobs: [{ key, step: 'images', state: 'ready' }] },
    });
    const jobs = events.filter(isJob).map(({ data }) => data);
    expect(jobs.map(({ step }) => step)).toContain('images');
    expect(jobs.some(({ progress }) => progress?.done === 1)).toBe(true);
    expect(jobs.at(-1)).toMatchObject({ key, step: 'images', state: 'succeeded' });
    expect(events.at(-2)).toMatchObject({
      event: 'experiment',
      data: { state: 'succeeded', jobs: { succeeded: 1 } },
    });
    expect(events.at(-1)).toEqual({ event: 'end', data: { state: 'succeeded' } });
  });

  it('of a finished one are a snapshot and the end', async () => {
    const { id, key } = await submit(2);
    await succeed(service, key, { meta: {}, parts: {} });
    const answer = await service.api.inject({ url: `/v1/experiments/${id}/events` });
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const names = [...answer.body.matchAll(/^event: (.+)$/gm)].map(([, name]) => name);
    expect(names).toEqual(['snapshot', 'end']);
    expect(answer.body.endsWith('data: {"state":"succeeded"}\n\n')).toBe(true);
  });

  it('come at most ten batches a second, however often a job reports', async () => {
    const { id, key } = await submit(3);
    const fence = await claim(service.runs, key);
    const stop = new AbortController();
    const startedAt = performance.now();
    let batches = 0;
    let reporting: Promise<void> | undefined;
    for await (const event of createClient(url).watchExperiment(id, { signal: stop.signal })) {
      reporting ??= reportOften();
      if (!isJob(event)) continue;
      batches++;
      if (event.data.progress?.done === 100) stop.abort();
    }
    await reporting;
    expect(batches).toBeGreaterThan(1);
    expect(batches).toBeLessThanOrEqual((performance.now() - startedAt) / 100 + 1);

    async function reportOften() {
      for (let done = 1; done <= 100; done++) {
        const progress = { done, total: 100, unit: 'images', rate: null, etaSeconds: null, message: null };
        await service.runs.heartbeat(fence, progress);
      }
    }
  });

  it('begin with the jobs in pages, and count them right to the end', async () => {
    const client = createClient(url);
    const experiment = await client.submitExperiment(largeSpec);
    const keys = new Set<string>();
    const pages: { name: string; jobs: number; complete: boolean }[] = [];
    const ended = new Set<string>();
    let last: ExperimentEvent | undefined;
    let summary: ExperimentEvent | undefined;
    for await (const event of client.watchExperiment(experiment.id)) {
      if (event.event === 'snapshot' || event.event === 'jobs') {
        const { jobs, complete } = event.data;
        for (const { key } of jobs) keys.add(key);
        pages.push({ name: event.event, jobs: jobs.length, complete });
        if (complete) await client.cancelExperiment(experiment.id);
      }
      if (isJob(event) && event.data.state === 'cancelled') ended.add(event.data.key);
      if (event.event === 'experiment') summary = event;
      last = event;
    }
    expect(pages).toEqual([
      { name: 'snapshot', jobs: 500, complete: false },
      { name: 'jobs', jobs: 500, complete: false },
      { name: 'jobs', jobs: 202, complete: true },
    ]);
    expect([keys.size, ended.size]).toEqual([1_202, 1_202]);
    expect(summary?.data).toMatchObject({ state: 'cancelled', jobs: { cancelled: 1_202, blocked: 0 } });
    expect(last).toEqual({ event: 'end', data: { state: 'cancelled' } });
  });

  it('of one experiment do not show another one', async () => {
    const [watched, other] = [await submit(4), await submit(5)];
    const seen: string[] = [];
    for await (const event of createClient(url).watchExperiment(watched.id)) {
      if (event.event === 'snapshot') {
        await succeed(service, other.key, { meta: {}, parts: {} });
        await succeed(service, watched.key, { meta: {}, parts: {} });
      }
      if (isJob(event)) seen.push(event.data.key);
    }
    expect(new Set(seen)).toEqual(new Set([watched.key]));
  });
});

describe('a feed whose notifications are lost', () => {
  it('reads everything again at its heartbeat', async () => {
    const { id, key } = await submit(6);
    const deaf = { ...service.runs, subscribe: async () => async () => {} };
    const { signal } = new AbortController();
    const names: string[] = [];
    for await (const event of experimentFeed(deaf, service.runs, id, {
      signal,
      minIntervalMs: 1,
      heartbeatMs: 50,
    })) {
      names.push(event?.event ?? 'heartbeat');
      if (names.length === 2) await succeed(service, key, { meta: {}, parts: {} });
    }
    expect(names).toEqual(['snapshot', 'heartbeat', 'job', 'experiment', 'heartbeat', 'end']);
  });
});

describe('the service', () => {
  it('stops while somebody watches', async () => {
    const own = await startTestService();
    const address = await own.api.listen({ host: '127.0.0.1', port: 0 });
    const { id } = await createClient(address).submitExperiment(tinySpec(1));
    const watching = (async () => {
      for await (const { event } of createClient(address).watchExperiment(id, { maxRetries: 0 })) {
        if (event === 'snapshot') await own.api.close();
      }
    })();
    await expect(watching).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    await own.stop();
  });
});
