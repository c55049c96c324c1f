import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { deviceCacheBytes, memoryForJobs, workerMemory } from './worker-memory.js';

const gigabyte = 2 ** 30;

describe('the memory of a worker', () => {
  it.each([2, 4, 8, 256].map((n) => n * gigabyte))('of %i bytes, leaves memory for a full cache', (bytes) => {
    const forJobs = memoryForJobs(bytes);
    expect(forJobs + deviceCacheBytes(bytes)).toBeLessThan(bytes);
    expect(forJobs).toBeGreaterThan(bytes / 3);
  });

  it('is none where there is too little for any job', () => {
    expect(memoryForJobs(gigabyte / 2)).toBe(0);
  });

  it('is that of the first GPU where one computes, else the host’s', async () => {
    const gpus = async () =>
      [80, 16].map((n, i) => ({ gpu: `${i}`, usedBytes: 0, totalBytes: n * gigabyte }));
    expect(await workerMemory('cuda', gpus)).toBe(78 * gigabyte);
    expect(await workerMemory('cpu', gpus)).toBe(memoryForJobs());
    expect(await workerMemory('cuda', async () => [])).toBeLessThan(totalmem());
  });
});
