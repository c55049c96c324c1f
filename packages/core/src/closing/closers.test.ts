import { describe, expect, it } from 'vitest';
import { Closers } from './closers.js';

const never = () => new Promise<void>(() => {});

describe('Closers', () => {
  it('closes in reverse, and goes on past what fails, throws or never ends', async () => {
    const closers = new Closers();
    const closed: string[] = [];
    const add = (name: string) => closers.add(name, async () => void closed.push(name));
    add('first');
    closers.add('queue', never, 20);
    closers.add('pool', () => Promise.reject(new Error('the pool is broken')));
    closers.add('socket', () => {
      throw new Error('the socket is broken');
    });
    add('last');
    await expect(closers.closeAll()).rejects.toMatchObject({
      errors: [
        { message: 'the socket is broken' },
        { message: 'the pool is broken' },
        { message: 'queue: not closed within 0.02 s' },
      ],
    });
    expect(closed).toEqual(['last', 'first']);
  });

  it('closes once, however often it is called', async () => {
    const closers = new Closers();
    let closed = 0;
    closers.add('counted', async () => void closed++);
    await Promise.all([closers.closeAll(), closers.closeAll()]);
    await closers.closeAll();
    expect(closed).toBe(1);
  });
});
