import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRuns, type TestRuns } from './database.js';
import { claimed, complete, diverged, experimentOf, keyOf, noRss } from './graphs.js';

let database: TestRuns;
beforeAll(async () => {
  database = await startRuns();
});
afterAll(() => database.stop());

/** Holds the rows of all experiments that have ended: whoever locks or changes one of them waits. */
async function holdEnded(): Promise<{ release(): Promise<void> }> {
  const holder = new pg.Client({ connectionString: database.url, application_name: 'test' });
  await holder.connect();
  await holder.query("BEGIN; SELECT FROM experiments WHERE state <> 'running' FOR UPDATE");
  return {
    release: async () => {
      await holder.query('ROLLBACK');
      await holder.end();
    },
  };
}

describe('experiments that have ended', () => {
  it('are not touched by a submission of the same jobs, however many they are', async () => {
    const { runs } = database;
    const popular = (rest: Record<string, string[]> = {}) => experimentOf('popular', { a: [], ...rest });
    await runs.createExperiment(popular());
    await complete(runs, keyOf('popular', 'a'));
    for (let i = 0; i < 20; i++) {
      expect((await runs.createExperiment(popular())).experiment.state).toBe('succeeded');
    }
    const { release } = await holdEnded();
    expect((await runs.createExperiment(popular())).experiment.state).toBe('succeeded');
    const { experiment, ready } = await runs.createExperiment(popular({ b: ['a'] }));
    expect(experiment).toMatchObject({ state: 'running', jobs: { succeeded: 1, ready: 1 } });
    expect(ready).toHaveLength(1);
    const retried = await runs.retryExperiment(experiment.id);
    expect(retried.experiment.state).toBe('running');
    await release();
  });

  it('run again when a failed job of theirs is submitted again', async () => {
    const { runs } = database;
    const { experiment } = await runs.createExperiment(experimentOf('failing', { a: [], b: ['a'] }));
    await runs.fail(await claimed(runs, keyOf('failing', 'a')), diverged, noRss);
    expect((await runs.getExperiment(experiment.id)).state).toBe('failed');
    const again = await runs.createExperiment(experimentOf('failing', { a: [], b: ['a'] }));
    expect(again.experiment).toMatchObject({ state: 'running', jobs: { ready: 1, blocked: 1 } });
    expect((await runs.getExperiment(experiment.id)).state).toBe('running');
  });
});
