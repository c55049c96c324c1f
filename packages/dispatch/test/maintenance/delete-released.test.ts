import { createArtifactStore, sha256 } from '@toogit/artifacts';
import type { Claim } from '@toogit/runs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteReleased } from '../../src/maintenance/delete-released.js';
import { bytesOf, experimentOf, openStores, storeArtifact } from './work.js';

let at: Awaited<ReturnType<typeof openStores>>;
beforeAll(async () => {
  at = await openStores();
});
afterAll(() => at.stop());
beforeEach(async () => {
  await at.sql.query('TRUNCATE experiments, jobs, artifacts, condemned_blobs, released_blobs CASCADE');
  at.blobs.blobs.clear();
});

const held = () => [...at.blobs.blobs.keys()].sort();

async function running(): Promise<Claim> {
  const wanted = experimentOf();
  await at.runs.createExperiment(wanted);
  return (await at.runs.claim(wanted.plan.jobs[0]?.key ?? '', 'worker')) as Claim;
}

/** Stores a checkpoint as a worker does; digests of its blobs. */
async function save(claim: Claim, step: number, text: string): Promise<string[]> {
  const artifacts = createArtifactStore(at.blobs);
  const part = await artifacts.writeBytes('checkpoint', 'text/plain', bytesOf(text));
  const { digest } = await artifacts.writeManifest({ type: 'checkpoint', parts: [part], meta: { step } });
  const blobs = [
    { digest, bytes: 100 },
    { digest: part.sha256, bytes: 900 },
  ];
  await at.runs.saveCheckpoint(claim, { step, digest, blobs });
  return blobs.map((blob) => blob.digest).sort();
}

describe('a checkpoint', () => {
  it('is deleted while its job runs on, once the next one is recorded, and the last when the job has succeeded', async () => {
    const claim = await running();
    let last: string[] = [];
    for (let step = 1; step <= 20; step++) last = await save(claim, step, `weights ${step}`);
    expect(await deleteReleased(at.stores)).toBe(38);
    expect(held()).toEqual(last);
    const success = await storeArtifact(at.blobs, ['result']);
    await at.runs.succeed(claim, success);
    expect(await deleteReleased(at.stores)).toBe(2);
    expect(held()).toEqual([success.artifact.digest, sha256(bytesOf('result'))].sort());
    expect(await at.runs.garbage.releasedBlobs(9)).toEqual([]);
  });

  it('keeps the blobs that another live checkpoint or an artifact has too', async () => {
    const [one, other, third] = [await running(), await running(), await running()];
    await save(one, 1, 'same weights');
    const live = await save(other, 5, 'same weights');
    await at.runs.succeed(third, await storeArtifact(at.blobs, ['result']));
    await save(one, 2, 'result');
    await save(one, 3, 'later');
    await deleteReleased(at.stores);
    expect(held()).toEqual(expect.arrayContaining([...live, sha256(bytesOf('result'))]));
  });

  it('counts for the quota of its project while it is live, and only then', async () => {
    const { runs } = at;
    const claim = await running();
    await runs.access.setLimits('default', { maxStoredBytes: 1_500 });
    const submit = () => runs.inProject('default').createExperiment(experimentOf());
    await save(claim, 1, 'one');
    await save(claim, 2, 'two');
    expect((await submit()).created).toBe(true);
    await save(await running(), 1, 'of another job');
    await expect(submit()).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await runs.access.setLimits('default', { maxStoredBytes: null });
  });
});
