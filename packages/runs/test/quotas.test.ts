import { describe, expect, it } from 'vitest';
import { EmptyHouse } from './empty-house.js';
import { experimentOf, keyOf, successOf } from './graphs.js';

const house = new EmptyHouse();

async function allow(bytes: number) {
  await house.query("INSERT INTO projects (id) VALUES ('counted') ON CONFLICT DO NOTHING");
  await house.runs.access.setLimits('counted', { maxStoredBytes: bytes });
}

const submit = (world: string) =>
  house.runs.inProject('counted').createExperiment(experimentOf(world, { a: [], b: [] }));

describe('the quota of stored bytes', () => {
  it('counts a blob once that several artifacts refer to, and each manifest', async () => {
    await house.query('TRUNCATE artifacts CASCADE');
    await allow(1_200);
    await submit('shared parts');
    const images = { name: 'images', sha256: 'one blob', bytes: 1_000, mediaType: 'x' };
    for (const name of ['a', 'b']) {
      const jobKey = keyOf('shared parts', name);
      const claim = await house.runs.claim(jobKey, 'worker');
      if (!claim) throw new Error('not ready');
      const success = successOf(claim);
      const artifact = { ...success.artifact, bytes: 1_100, parts: [images] };
      await house.runs.succeed(claim, { ...success, artifact });
    }
    expect((await submit('after')).created).toBe(true);
    await allow(1_199);
    await expect(submit('too much')).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message: expect.stringContaining('1200 bytes stored'),
    });
  });
});
