import { describe, expect, it } from 'vitest';
import { DeviceMemory } from './device-memory.js';

describe('DeviceMemory', () => {
  function memory(limitBytes: number) {
    const cache = new DeviceMemory(limitBytes);
    const loads: string[] = [];
    const disposed: string[] = [];
    const use = (key: string, bytes: number) =>
      cache.get(key, async () => {
        loads.push(key);
        return { value: key, bytes, dispose: () => disposed.push(key) };
      });
    return { cache, loads, disposed, use };
  }

  it('loads once what is requested again', async () => {
    const { cache, loads, use } = memory(10);
    expect(await use('a', 5)).toBe('a');
    cache.endJob();
    expect(await use('a', 5)).toBe('a');
    expect(loads).toEqual(['a']);
  });

  it('lets the least recently used go first', async () => {
    const { cache, disposed, use } = memory(10);
    await use('a', 4);
    await use('b', 4);
    cache.endJob();
    await use('a', 4);
    cache.endJob();
    await use('c', 4);
    expect(disposed).toEqual(['b']);
  });

  it('never evicts what the running job uses, however large, and does so when the job ends', async () => {
    const { cache, disposed, use } = memory(10);
    await use('a', 8);
    await use('b', 8);
    expect(disposed).toEqual([]);
    cache.endJob();
    expect(disposed).toEqual(['a']);
    expect(cache.bytes).toBe(8);
  });

  it('keeps nothing of a load that failed', async () => {
    const { cache, use, loads } = memory(10);
    await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await use('a', 1)).toBe('a');
    expect(loads).toEqual(['a']);
  });
});
