import { describe, expect, it } from 'vitest';
import { waitFor } from './wait-for.js';

describe('waitFor', () => {
  it('asks until the answer is truthy, past failures', async () => {
    let asked = 0;
    const answer = await waitFor(() => {
      asked += 1;
      if (asked === 1) throw new Error('not yet');
      return asked > 2 ? 'here' : null;
    });
    expect(answer).toBe('here');
  });

  it('gives up at the deadline, and says why', async () => {
    const never = waitFor(() => {
      throw new Error('the reason');
    }, 60);
    await expect(never).rejects.toMatchObject({ cause: { message: 'the reason' } });
  });
});
