import { describe, expect, it } from 'vitest';
import { EmptyHouse } from './empty-house.js';
import { crash, diverged, experimentOf, failsAndWaits, keyOf, noRss } from './graphs.js';

const house = new EmptyHouse();

describe('a job that has failed for good', () => {
  it('is listed with its reason and log, and runs again with what it took along, in one call', async () => {
    const graph = { a: [], b: ['a'], c: ['b'] };
    const { experiment } = await house.runs.createExperiment(experimentOf('dead', graph));
    const claim = await house.next();
    if (!claim) throw new Error('nothing to claim');
    await house.runs.fail(claim, diverged, { peakRssBytes: null, logTail: 'loss is NaN' });
    const failed = await house.runs.listFailedJobs({ limit: 9 });
    expect(failed.items).toHaveLength(3);
    expect((await house.runs.getJob(claim.jobKey)).attempts).toMatchObject([
      { outcome: 'failed', error: { code: 'TRAINING_DIVERGED' }, logTail: 'loss is NaN' },
    ]);
    const { job, ready } = await house.runs.retryJob(keyOf('dead', 'c'));
    expect(job.state).toBe('blocked');
    expect(ready).toMatchObject([{ key: keyOf('dead', 'a'), nextAttempt: 2, delayMs: 0 }]);
    expect((await house.runs.getExperiment(experiment.id)).state).toBe('running');
    await expect(house.runs.retryJob(keyOf('dead', 'c'))).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(house.runs.retryJob(keyOf('dead', 'z'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has been tried maxAttempts times, with pauses that double and vary', async () => {
    await house.submit('poison', 1);
    for (let tries = 1; tries <= 5; tries++) {
      const claim = await house.next();
      if (!claim) throw new Error('nothing to claim');
      if (tries < 5) await failsAndWaits(house.runs, claim, crash, 1_000 * 2 ** (tries - 1));
      else expect(await house.runs.fail(claim, crash, noRss)).toEqual([]);
      await house.database.clearBackoff();
    }
    expect((await house.runs.getJob(keyOf('poison', '0'))).state).toBe('failed');
  });
});
