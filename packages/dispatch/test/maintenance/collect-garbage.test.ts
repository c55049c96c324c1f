import { createArtifactStore, sha256 } from '@toogit/artifacts';
import type { Claim } from '@toogit/runs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collectGarbage } from '../../src/maintenance/collect-garbage.js';
import { reconcile } from '../../src/maintenance/reconcile.js';
import { age, bytesOf, chainOf, experimentOf, finished, openStores, storeArtifact } from './work.js';

let at: Awaited<ReturnType<typeof openStores>>;
beforeAll(async () => {
  at = await openStores();
});
afterAll(() => at.stop());
beforeEach(async () => {
  await at.sql.query('TRUNCATE experiments, jobs, artifacts, condemned_blobs CASCADE');
  at.blobs.blobs.clear();
});
const collect = (more: { dryRun?: boolean; graceMs?: number; force?: boolean } = {}) =>
  collectGarbage(at.stores, { dryRun: false, graceMs: 0, ...more });
const held = () => [...at.blobs.blobs.keys()].sort();
const day = 24 * 3_600_000;

describe('garbage', () => {
  it('is what no experiment holds any more, and shared parts are not', async () => {
    const { runs, blobs } = at;
    const gone = await finished(runs, blobs, ['shared', 'its own']);
    const kept = await finished(runs, blobs, ['shared', 'another']);
    age(blobs);
    expect(await collect()).toMatchObject({ jobs: 0, artifacts: 0, blobs: 0 });

    await runs.deleteExperiment(gone.id);
    expect(await collect({ graceMs: day })).toMatchObject({ jobs: 0, artifacts: 0, blobs: 0 });
    expect(await collect({ dryRun: true })).toMatchObject({ jobs: 1, artifacts: 1, blobs: 0 });
    expect(held()).toHaveLength(5);
    expect(await collect()).toMatchObject({ jobs: 1, artifacts: 1, blobs: 2 });
    expect(held()).toEqual([...kept.digests].sort());
    await expect(runs.getJob(gone.key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await runs.getJob(kept.key)).state).toBe('succeeded');
  });

  it('is an orphan of a crashed attempt, once it is old', async () => {
    await finished(at.runs, at.blobs, ['kept']);
    const orphan = sha256(bytesOf('orphan'));
    await at.blobs.put(orphan, bytesOf('orphan'));
    expect(await collect({ graceMs: day })).toMatchObject({ blobs: 0 });
    age(at.blobs);
    expect(await collect({ graceMs: day, dryRun: true })).toMatchObject({ blobs: 1, bytes: 6 });
    expect(await collect({ graceMs: day })).toMatchObject({ blobs: 1, bytes: 6 });
    expect(held()).not.toContain(orphan);
  });

  it('is not what a running attempt has written, however old that is', async () => {
    const { runs, blobs, sql } = at;
    await finished(runs, blobs, ['kept']);
    const wanted = experimentOf();
    await runs.createExperiment(wanted);
    const key = wanted.plan.jobs[0]?.key ?? '';
    const claim = (await runs.claim(key, 'slow')) as Claim;
    const success = await storeArtifact(blobs, ['early']);
    await sql.query("UPDATE jobs SET started_at = now() - interval '3 days' WHERE key = $1", [key]);
    for (const digest of blobs.blobs.keys()) blobs.modifiedAt.set(digest, new Date(Date.now() - 2 * day));
    expect(await collect({ graceMs: day })).toMatchObject({ blobs: 0 });
    await runs.succeed(claim, success);
    expect(held()).toContain(success.artifact.digest);
  });

  it('is not the checkpoint that a job will resume from, nor its parts', async () => {
    const { runs, blobs } = at;
    const wanted = experimentOf();
    await runs.createExperiment(wanted);
    const claim = (await runs.claim(wanted.plan.jobs[0]?.key ?? '', 'worker')) as Claim;
    const artifacts = createArtifactStore(blobs);
    const digests = [];
    for (const step of [1, 2]) {
      const part = await artifacts.writeBytes('checkpoint', 'text/plain', bytesOf(`step ${step}`));
      const { digest } = await artifacts.writeManifest({ type: 'checkpoint', parts: [part], meta: {} });
      await runs.saveCheckpoint(claim, { step, digest, blobs: [] });
      digests.push([digest, part.sha256]);
    }
    await runs.release(claim);
    age(blobs);
    expect(await collect()).toMatchObject({ blobs: 2 });
    expect(held()).toEqual(digests[1]?.sort());
  });

  it('is left alone where store and database do not belong together', async () => {
    await at.blobs.put(sha256(bytesOf('x')), bytesOf('x'));
    age(at.blobs);
    await expect(collect()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(held()).toHaveLength(1);
    expect(await collect({ force: true })).toMatchObject({ blobs: 1 });
  });

  it('is left alone where most of the store is unknown, as where another database shares it', async () => {
    await finished(at.runs, at.blobs, ['ours']);
    const theirs = ['a', 'b', 'c'].map((text) => bytesOf(`theirs ${text}`));
    for (const bytes of theirs) await at.blobs.put(sha256(bytes), bytes);
    age(at.blobs);
    await expect(collect()).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(collect({ dryRun: true })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(held()).toHaveLength(5);
    expect(await collect({ force: true })).toMatchObject({ blobs: 3 });
  });

  it('is nobody’s but the owner’s of the store, by force neither', async () => {
    const other = await openStores();
    await finished(at.runs, at.blobs, ['ours']);
    age(at.blobs);
    await collect();
    const stores = { ...other.stores, blobs: at.blobs };
    const foreign = { code: 'STORAGE_FOREIGN' };
    const options = { dryRun: false, graceMs: 0, force: true };
    await expect(collectGarbage(stores, options)).rejects.toMatchObject(foreign);
    await expect(reconcile(stores, { dryRun: false, deep: false })).rejects.toMatchObject(foreign);
    expect(held()).toHaveLength(2);
    await other.stop();
  });

  it('is looked for while results are recorded: not under the lock that holds them up', async () => {
    const { id } = await finished(at.runs, at.blobs, ['gone']);
    await at.runs.deleteExperiment(id);
    await at.sql.query('BEGIN');
    // Whoever looks for jobs that no experiment holds has to wait here.
    await at.sql.query('LOCK TABLE experiment_jobs IN ACCESS EXCLUSIVE MODE');
    const collected = collect();
    const waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'experiment_jobs'::regclass";
    await expect.poll(async () => (await at.sql.query(waiting)).rowCount).toBe(1);
    const exclusive = `SELECT FROM pg_locks
      WHERE locktype = 'advisory' AND objid = ${0x626c6f62} AND mode = 'ExclusiveLock' AND granted`;
    const locks = (await at.sql.query(exclusive)).rowCount;
    await at.sql.query('COMMIT');
    expect(locks).toBe(0);
    expect(await collected).toMatchObject({ jobs: 1, artifacts: 1 });
  });

  it('is collected whole: jobs with those that they depend on, deepest first, and blobs of all', async () => {
    const wanted = chainOf(3);
    const { experiment } = await at.runs.createExperiment(wanted);
    for (const { key } of wanted.plan.jobs) {
      const claim = (await at.runs.claim(key, 'worker')) as Claim;
      await at.runs.succeed(claim, await storeArtifact(at.blobs, [`of ${key}`]));
    }
    await at.runs.deleteExperiment(experiment.id);
    age(at.blobs);
    expect(await collect()).toMatchObject({ jobs: 3, artifacts: 3, blobs: 6 });
    expect(held()).toEqual([]);
  });

  it('is collected to the end after a collector was killed between rows and blobs', async () => {
    const { id } = await finished(at.runs, at.blobs, ['gone']);
    await at.runs.deleteExperiment(id);
    expect(await at.runs.garbage.removeUnheld({ graceMs: 0, dryRun: false })).toEqual({
      jobs: 1,
      artifacts: 1,
    });
    expect(held()).toHaveLength(2);
    await collect({ graceMs: day });
    expect(held()).toEqual([]);
  });

  it('is collected to the end after a collector was killed', async () => {
    const { runs, blobs } = at;
    await finished(runs, blobs, ['kept']);
    const orphan = sha256(bytesOf('orphan'));
    await blobs.put(orphan, bytesOf('orphan'));
    expect(await runs.garbage.condemn([orphan])).toEqual([orphan]);
    // Somebody wants the same bytes before the deletion is done: refused, since they may vanish any moment.
    const wanted = experimentOf();
    await runs.createExperiment(wanted);
    const key = wanted.plan.jobs[0]?.key ?? '';
    const first = (await runs.claim(key, 'worker')) as Claim;
    const success = await storeArtifact(blobs, ['orphan']);
    await expect(runs.succeed(first, success)).rejects.toMatchObject({
      code: 'ARTIFACT_MISSING',
      digest: orphan,
    });
    await runs.release(first);

    await collect();
    expect(held()).not.toContain(orphan);
    const second = (await runs.claim(key, 'worker')) as Claim;
    await runs.succeed(second, await storeArtifact(blobs, ['orphan']));
    age(blobs);
    expect(await collect()).toMatchObject({ blobs: 0 });
    expect(held()).toContain(orphan);
  });

  it('does not belong to an experiment that runs', async () => {
    const { experiment } = await at.runs.createExperiment(experimentOf());
    await expect(at.runs.deleteExperiment(experiment.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await at.runs.cancelExperiment(experiment.id);
    await at.runs.deleteExperiment(experiment.id);
    await expect(at.runs.getExperiment(experiment.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
