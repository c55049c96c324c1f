import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.js';

const limits = { running: 2, waitingOfProject: 3, waiting: 5 };

/** Calls that end when they are told to. */
function startCalls(queue: FairQueue) {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (project: string, name: string) =>
    queue.run(project, async () => {
      started.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string, result: Promise<void>) => {
    ends.get(name)?.();
    await result;
  };
  return { started, call, end };
}

describe('FairQueue', () => {
  it('runs one call of a project at a time, and serves projects round robin', async () => {
    const { started, call, end } = startCalls(new FairQueue(limits));
    const a1 = call('a', 'a1');
    const a2 = call('a', 'a2');
    const a3 = call('a', 'a3');
    const b1 = call('b', 'b1');
    const c1 = call('c', 'c1');
    await Promise.resolve();
    expect(started).toEqual(['a1', 'b1']);
    await end('a1', a1);
    expect(started).toEqual(['a1', 'b1', 'a2']);
    await end('b1', b1);
    // The project that has just been served goes to the end.
    expect(started).toEqual(['a1', 'b1', 'a2', 'c1']);
    await end('a2', a2);
    await end('c1', c1);
    await end('a3', a3);
    expect(started).toEqual(['a1', 'b1', 'a2', 'c1', 'a3']);
  });

  it('refuses what would wait beyond its limits, of a project and of all', async () => {
    const { call } = startCalls(new FairQueue(limits));
    for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3']) void call(name[0] ?? '', name);
    await expect(call('a', 'a5')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: '3 specs of this project are waiting to be planned.',
    });
    await expect(call('c', 'c1')).rejects.toMatchObject({ message: '5 specs are waiting to be planned.' });
  });

  it('goes on after a call that failed', async () => {
    const queue = new FairQueue(limits);
    await expect(queue.run('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await queue.run('a', async () => 'next')).toBe('next');
  });
});
