import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EmptyHouse } from './empty-house.js';
import { experimentOf, keyOf, successOf } from './graphs.js';
import { joined } from './workers.js';

const house = new EmptyHouse();
const probe = { trainStepSeconds: 0.1, attackStepSeconds: 0.05 };

async function succeed(world: string, name: string, { device = 'cpu', seconds = 1 } = {}) {
  const claim = await house.runs.claim(keyOf(world, name), 'worker');
  if (!claim) throw new Error('not ready');
  await house.runs.succeed(claim, { ...successOf(claim), provenance: { device } });
  await house.query(
    "UPDATE attempts SET started_at = ended_at - interval '1 second' * $2 WHERE job_key = $1",
    [claim.jobKey, seconds],
  );
}

describe('what is known of the time that jobs take', () => {
  it('is the work and the seconds of jobs that succeeded at the first attempt, on the device that is there', async () => {
    await house.runs.createExperiment(experimentOf('timed', { a: [], b: [], c: [], d: [] }));
    await succeed('timed', 'a', { seconds: 3 });
    await succeed('timed', 'b', { device: 'cuda' });
    const failing = await house.runs.claim(keyOf('timed', 'c'), 'worker');
    if (!failing) throw new Error('not ready');
    await house.runs.release(failing);
    await succeed('timed', 'c');
    const { device, past } = await house.runs.jobTimings();
    expect(device).toBe('cpu');
    expect(past).toEqual([{ kind: 'attack', work: 1e12, seconds: 3 }]);
  });

  it('has the median probe of the workers of the fastest device', async () => {
    expect((await house.runs.jobTimings()).probe).toBeNull();
    await house.runs.recordProbe(house.worker, { ...probe, trainStepSeconds: 9 });
    for (const [i, trainStepSeconds] of [3, 1, 2].entries()) {
      const worker = await joined(house.runs, `gpu-${i}`, { device: 'cuda' });
      await house.runs.recordProbe(worker, { ...probe, trainStepSeconds });
    }
    expect(await house.runs.jobTimings()).toMatchObject({ device: 'cuda', probe: { trainStepSeconds: 2 } });
  });

  it('has no probe of a worker that came anew under the name, and takes none from one that has lost it', async () => {
    await house.runs.recordProbe(house.worker, probe);
    await house.runs.recordProbe(
      { ...house.worker, instance: randomUUID() },
      { ...probe, trainStepSeconds: 7 },
    );
    expect((await house.runs.jobTimings()).probe).toEqual(probe);
    await house.runs.forgetWorker(house.worker);
    await joined(house.runs, 'worker');
    expect((await house.runs.jobTimings()).probe).toBeNull();
  });

  it('names the device of past jobs while no worker is there', async () => {
    await house.runs.createExperiment(experimentOf('gone', { a: [] }));
    await succeed('gone', 'a', { device: 'cuda' });
    await house.query('TRUNCATE workers');
    expect(await house.runs.jobTimings()).toMatchObject({ device: 'cuda', probe: null, past: [{}] });
  });
});
