import { describe, expect, it } from 'vitest';
import { EmptyHouse } from './empty-house.js';
import { keyOf } from './graphs.js';
import { joined } from './workers.js';

const house = new EmptyHouse();

describe('a much more urgent job', () => {
  const late = () =>
    house.query("UPDATE jobs SET ready_at = now() - interval '3 seconds' WHERE state = 'ready'");

  it('has the least urgent running one yield when no worker is free, and takes its place', async () => {
    await house.submit('low', 2);
    const running = await house.next();
    await house.submit('high', 1, { priority: 50 });
    expect(await house.runs.preempt()).toBe(0);
    await late();
    expect(await house.runs.preempt()).toBe(1);
    expect(await house.runs.preempt()).toBe(0);
    if (!running) throw new Error('nothing was running');
    expect(await house.runs.heartbeat(running, null)).toBe('yield');
    await house.runs.release(running);
    expect(await house.runs.getJob(running.jobKey)).toMatchObject({
      state: 'ready',
      attempts: [{ outcome: 'released' }],
    });
    expect((await house.next())?.jobKey).toBe(keyOf('high', '0'));
  });

  it('has one yield whose worker has the memory, on a mixed fleet', async () => {
    const small = await joined(house.runs, 'small', { memoryBytes: 1e9 });
    await house.submit('low', 1, { priority: -50 });
    const [lowest] = await house.runs.claimNext(small, { resource: 'tensor', limit: 1 });
    await house.submit('middle', 1);
    const onLarge = await house.next();
    if (!lowest || !onLarge) throw new Error('nothing was running');
    await house.submit('large', 1, { priority: 50 });
    await house.query('UPDATE jobs SET estimated_memory_bytes = 8e9 WHERE key = $1', [keyOf('large', '0')]);
    await late();
    expect(await house.runs.preempt()).toBe(1);
    expect(await house.runs.heartbeat(lowest, null)).toBe('continue');
    expect(await house.runs.heartbeat(onLarge, null)).toBe('yield');
    await house.submit('other', 1, { priority: 40 });
    await late();
    expect(await house.runs.preempt()).toBe(1);
    expect(await house.runs.heartbeat(lowest, null)).toBe('yield');
  });

  it('disturbs nobody while a worker is free, nor if it is little more urgent, nor in another project', async () => {
    await house.submit('low', 1);
    await house.next();
    await house.submit('little', 1, { priority: 9 });
    await house.submit('other', 1, { priority: 100, project: 'other' });
    await late();
    expect(await house.runs.preempt()).toBe(0);
    await house.submit('high', 1, { priority: 50 });
    await late();
    const free = await joined(house.runs, 'free');
    expect(await house.runs.preempt()).toBe(0);
    await house.runs.forgetWorker(free);
    expect(await house.runs.preempt()).toBe(1);
  });
});
