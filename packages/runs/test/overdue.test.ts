import { describe, expect, it } from 'vitest';
import { EmptyHouse } from './empty-house.js';

const house = new EmptyHouse();
const hour = 3_600_000;

async function runningFor(minutes: number) {
  await house.submit(`for ${minutes} min`, 1);
  const claim = await house.next();
  if (!claim) throw new Error('nothing to claim');
  await house.query("UPDATE jobs SET started_at = now() - interval '1 minute' * $1 WHERE key = $2", [
    minutes,
    claim.jobKey,
  ]);
  return claim;
}

describe('a job that runs for longer than it may', () => {
  it('fails for good, and its worker learns it at the next heartbeat', async () => {
    const [long, short] = [await runningFor(61), await runningFor(59)];
    expect(await house.runs.endOverdue(hour)).toBe(1);
    expect(await house.runs.getJob(long.jobKey)).toMatchObject({
      state: 'failed',
      error: { code: 'JOB_TOO_LONG', message: 'The attempt ran for longer than 3600000 ms.' },
      attempts: [{ outcome: 'failed' }],
    });
    expect(await house.runs.heartbeat(long, null)).toBe('fenced');
    expect(await house.runs.heartbeat(short, null)).toBe('continue');
    expect(await house.runs.endOverdue(hour)).toBe(0);
  });

  it('may run for less in a project that has a limit of its own, and never for more', async () => {
    const claim = await runningFor(30);
    await house.runs.access.setLimits('default', { maxJobDurationMs: 20 * hour });
    expect(await house.runs.endOverdue(hour)).toBe(0);
    await house.runs.access.setLimits('default', { maxJobDurationMs: hour / 4 });
    expect(await house.runs.endOverdue(hour)).toBe(1);
    expect((await house.runs.getJob(claim.jobKey)).state).toBe('failed');
    await house.runs.access.setLimits('default', { maxJobDurationMs: null });
  });
});
