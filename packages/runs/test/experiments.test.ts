import { afterAll, describe, expect, it } from 'vitest';
import { openRuns } from '../src/open-runs.js';
import { startRuns } from './database.js';
import { claimed, complete, diverged, experimentOf, keyOf, noRss, sha256, successOf } from './graphs.js';

const database = await startRuns();
const { runs } = database;
afterAll(() => database.stop());

describe('creating experiments', () => {
  it('gives back what was sent', async () => {
    const wanted = experimentOf(
      'given',
      { a: [], b: ['a'] },
      { study: 'simple-experiment', profile: 'smoke' },
    );
    wanted.spec = { epsilon: 2 / 255, tiny: 1e-7, text: 'å \\ "' };
    const { experiment, created } = await runs.createExperiment(wanted);
    expect(created).toBe(true);
    expect(experiment).toMatchObject({
      name: 'given',
      study: 'simple-experiment',
      profile: 'smoke',
      state: 'running',
    });
    expect(experiment.spec).toEqual(wanted.spec);
    expect(experiment.steps).toEqual(wanted.plan.steps);
    expect(experiment.jobs).toMatchObject({ ready: 1, blocked: 1, running: 0 });
    expect(await runs.getExperiment(experiment.id)).toEqual(experiment);
    const { items: jobs } = await runs.listJobs(experiment.id, { limit: 200 });
    expect(jobs).toMatchObject(wanted.plan.jobs.map(({ key, params, seed }) => ({ key, params, seed })));
    expect(jobs[1]).toMatchObject({ step: 'b', inputs: { dataset: [keyOf('given', 'a')] }, attempts: [] });
    expect(Math.abs(Date.parse(experiment.createdAt) - Date.now())).toBeLessThan(60_000);
  });

  it('answers the same idempotency key with the same experiment, even 20 times at once', async () => {
    const wanted = experimentOf('idempotent', { a: [], b: ['a'], c: ['a'] }, { idempotencyKey: 'key 1' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => runs.createExperiment(wanted)));
    expect(new Set(answers.map(({ experiment }) => experiment.id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(answers.flatMap(({ ready }) => ready)).toHaveLength(1);
    await expect(runs.createExperiment({ ...wanted, specDigest: sha256('other') })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('shares jobs between 20 identical requests without a key, and runs each once', async () => {
    const wanted = experimentOf('shared', { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] });
    const others = Array.from({ length: 3 }, () => openRuns(database.url));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (others[i % 3] ?? runs).createExperiment(wanted)),
    );
    await Promise.all(others.map((other) => other.close()));
    expect(new Set(answers.map(({ experiment }) => experiment.id)).size).toBe(20);
    expect(answers.flatMap(({ ready }) => ready)).toHaveLength(1);
    for (const name of ['a', 'b', 'c', 'd']) await complete(runs, keyOf('shared', name));
    const states = await Promise.all(answers.map(({ experiment }) => runs.getExperiment(experiment.id)));
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['succeeded']));
    expect((await runs.getJob(keyOf('shared', 'a'))).attempts).toHaveLength(1);
  });

  it('takes succeeded jobs as done, and tries failed ones anew', async () => {
    const graph = { a: [], b: ['a'], c: ['b'] };
    const first = await runs.createExperiment(experimentOf('again', graph));
    await complete(runs, keyOf('again', 'a'));
    await runs.fail(await claimed(runs, keyOf('again', 'b')), diverged, noRss);
    expect((await runs.getExperiment(first.experiment.id)).state).toBe('failed');
    const second = await runs.createExperiment(experimentOf('again', graph));
    expect(second.ready).toMatchObject([{ key: keyOf('again', 'b'), nextAttempt: 2 }]);
    expect(second.experiment.jobs).toMatchObject({ succeeded: 1, ready: 1, blocked: 1, failed: 0 });
    for (const name of ['b', 'c']) await complete(runs, keyOf('again', name));
    for (const { experiment } of [first, second]) {
      expect((await runs.getExperiment(experiment.id)).state).toBe('succeeded');
    }
    const third = await runs.createExperiment(experimentOf('again', graph));
    expect(third).toMatchObject({ ready: [], experiment: { state: 'succeeded' } });
    expect(third.experiment.finishedAt).not.toBeNull();
  });

  it('stores thousands of jobs at once, and makes them ready with their last input', async () => {
    const blocks = Array.from({ length: 3_000 }, (_, i) => `block ${i}`);
    const graph = {
      data: [],
      model: ['data'],
      ...Object.fromEntries(blocks.map((name) => [name, ['model', 'data']])),
    };
    const { experiment } = await runs.createExperiment(experimentOf('large', { ...graph, set: blocks }));
    expect(experiment.jobs).toMatchObject({ ready: 1, blocked: 3_002 });
    await complete(runs, keyOf('large', 'data'));
    expect(await complete(runs, keyOf('large', 'model'))).toHaveLength(3_000);
    await runs.cancelExperiment(experiment.id);
  });
});

describe('reading experiments', () => {
  it('pages newest first, each once, with filters', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const wanted = experimentOf(`page ${i}`, { a: [] }, { study: 'paging' });
      ids.unshift((await runs.createExperiment(wanted)).experiment.id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await runs.listExperiments({ limit: 2, study: 'paging', ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(ids);
    await complete(runs, keyOf('page 3', 'a'));
    const done = await runs.listExperiments({ limit: 10, study: 'paging', state: 'succeeded' });
    expect(done.items.map(({ name }) => name)).toEqual(['page 3']);
  });

  it('says NOT_FOUND of what does not exist', async () => {
    for (const id of ['nonsense', '00000000-0000-4000-8000-000000000000']) {
      for (const read of [
        () => runs.getExperiment(id),
        () => runs.listJobs(id, { limit: 1 }),
        () => runs.listMetrics(id, { limit: 1 }),
        () => runs.listArtifacts(id, { limit: 1 }),
        () => runs.cancelExperiment(id),
        () => runs.retryExperiment(id),
        () => runs.getJob(id),
        () => runs.getArtifact(id),
      ]) {
        await expect(read()).rejects.toMatchObject({ code: 'NOT_FOUND' });
      }
    }
    await expect(runs.listExperiments({ limit: 1, cursor: 'x' })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
    expect(await runs.claim('nonsense', 'worker')).toBeNull();
  });
});

describe('many workers', () => {
  it('make a dependant ready exactly once, however its inputs finish', async () => {
    const others = Array.from({ length: 3 }, () => openRuns(database.url));
    const inputs = Array.from({ length: 12 }, (_, i) => `input ${i}`);
    for (let round = 0; round < 8; round++) {
      const world = `race ${round}`;
      const graph = { ...Object.fromEntries(inputs.map((name) => [name, []])), sum: inputs, copy: inputs };
      const { experiment } = await runs.createExperiment(experimentOf(world, graph));
      const claims = await Promise.all(inputs.map((name) => claimed(runs, keyOf(world, name))));
      const made = await Promise.all(
        claims.map((claim, i) => (others[i % 3] ?? runs).succeed(claim, successOf(claim))),
      );
      expect(
        made
          .flat()
          .map((job) => job.key)
          .sort(),
      ).toEqual([keyOf(world, 'sum'), keyOf(world, 'copy')].sort());
      await Promise.all(['sum', 'copy'].map((name) => complete(runs, keyOf(world, name))));
      expect((await runs.getExperiment(experiment.id)).state).toBe('succeeded');
    }
    await Promise.all(others.map((other) => other.close()));
  });

  it('never lose a job to the same plan being submitted, cancelled and retried meanwhile', async () => {
    const layers = Array.from({ length: 4 }, (_, layer) =>
      Array.from({ length: 5 }, (_, i) => `${layer}.${i}`),
    );
    const graph = Object.fromEntries(
      layers.flatMap((names, layer) => names.map((name) => [name, layers[layer - 1] ?? []])),
    );
    const wanted = experimentOf('busy', graph);
    const { experiment } = await runs.createExperiment(wanted);
    let over = false;
    const work = async (workerId: string) => {
      while (!over) {
        const [job] = await runs.takeReady({ limit: 1, notPushedForMs: -60_000 });
        const claim = job && (await runs.claim(job.key, workerId));
        if (claim) await runs.succeed(claim, successOf(claim));
        over = (await runs.getExperiment(experiment.id)).state === 'succeeded';
      }
    };
    const disturb = async () => {
      while (!over) {
        const other = await runs.createExperiment(wanted);
        await runs
          .cancelExperiment(other.experiment.id)
          .catch((error) => expect(error.code).toBe('CONFLICT'));
        if (!over) await runs.retryExperiment(other.experiment.id);
      }
    };
    await Promise.all([work('1'), work('2'), work('3'), disturb(), disturb()]);
    expect((await runs.getExperiment(experiment.id)).jobs.succeeded).toBe(20);
    for (const key of wanted.plan.jobs.map((job) => job.key)) {
      expect((await runs.getJob(key)).attempts.map(({ outcome }) => outcome)).toEqual(['succeeded']);
    }
    // The lock order rules deadlocks out; a retried one would only show as slowness.
    expect(await database.query('SELECT sum(deadlocks)::int AS deadlocks FROM pg_stat_database')).toEqual([
      { deadlocks: 0 },
    ]);
  });
});
