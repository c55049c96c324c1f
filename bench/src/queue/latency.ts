import { setTimeout } from 'node:timers/promises';
import { createApi } from '@toogit/api';
import { MemoryBlobStore } from '@toogit/artifacts';
import { median, quantile } from '../statistics.js';
import { startNoOpWorker } from './no-op-worker.js';
import type { QueueServices } from './services.js';

/**
 * Milliseconds from the POST of an experiment with one job to the moment when its worker would compute, over HTTP, one
 * at a time at random moments, on a service that has nothing else to do.
 */
export async function latency(
  services: QueueServices,
  posts: number,
): Promise<{ medianMs: number; p99Ms: number; posts: number }> {
  let started = () => {};
  const worker = await startNoOpWorker(services, 1, 'cpu', () => started());
  const blobs = new MemoryBlobStore();
  const api = await createApi({
    ...services,
    blobs,
    access: { mode: 'open' },
    requestsPerMinute: 1e6,
    logLevel: 'warn',
  });
  const url = `${await api.listen({ host: '127.0.0.1', port: 0 })}/v1/experiments`;
  const times: number[] = [];
  // The first few are not counted.
  for (let post = -5; post < posts; post++) {
    const start = new Promise<void>((resolve) => {
      started = resolve;
    });
    const images = { kind: 'dataset', dataset: 'mnist', split: 'train', examples: 1_000 + post };
    const startedAt = performance.now();
    const answer = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'bench', steps: { images } }),
    });
    await start;
    if (post >= 0) times.push(performance.now() - startedAt);
    const { status } = await answer;
    if (status !== 201) throw new Error(`POST was answered by ${status}: ${await (await answer).text()}`);
    await (await answer).arrayBuffer();
    await setTimeout(20 + 60 * Math.random());
  }
  await api.close();
  await worker.close();
  return { medianMs: median(times), p99Ms: quantile(times, 0.99), posts };
}
