import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRuns, type TestRuns } from './database.js';
import { experimentOf } from './graphs.js';

let database: TestRuns;
beforeAll(async () => {
  database = await startRuns();
  await database.query("INSERT INTO projects (id) VALUES ('busy'), ('quiet')");
});
afterAll(() => database.stop());

it('leaves connections to reads and to other projects while the writes of one are stuck', async () => {
  const [busy, quiet] = [database.runs.inProject('busy'), database.runs.inProject('quiet')];
  const { experiment } = await busy.createExperiment(experimentOf('before', { a: [] }));
  // What the busy project writes waits for this lock, as for a long transaction.
  const holder = new pg.Client({ connectionString: database.url, application_name: 'test' });
  await holder.connect();
  await holder.query("BEGIN; SELECT FROM projects WHERE id = 'busy' FOR UPDATE");
  const stuck = Array.from({ length: 24 }, (_, i) =>
    busy.createExperiment(experimentOf(`stuck ${i}`, { a: [] })),
  );
  await expect
    .poll(() =>
      database.query("SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'"),
    )
    .toEqual([{ n: 2 }]);

  expect(await busy.getExperiment(experiment.id)).toMatchObject({ name: 'before' });
  expect((await quiet.createExperiment(experimentOf('meanwhile', { a: [] }))).created).toBe(true);
  expect(await database.runs.takeReady({ limit: 10, notPushedForMs: 0 })).not.toEqual([]);

  await holder.query('ROLLBACK');
  await holder.end();
  expect((await Promise.all(stuck)).every(({ created }) => created)).toBe(true);
});
