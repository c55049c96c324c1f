import { expect, it } from 'vitest';
import { openRuns } from '../src/open-runs.js';
import type { Runs } from '../src/runs.js';
import { EmptyHouse } from './empty-house.js';
import { experimentOf, keyOf, sha256, successOf } from './graphs.js';

const house = new EmptyHouse();
const jobsOfEach = 40;

/** Experiments that have ended long ago, each of so many jobs with an artifact of one part. */
async function endedExperiments(from: number, to: number) {
  const range = `generate_series(${from}, ${to - 1}) e`;
  const jobs = `${range}, generate_series(1, ${jobsOfEach}) j`;
  const id = "lpad(to_hex(e), 32, '0')::uuid";
  await house.query(`
    INSERT INTO experiments (id, name, spec, resolved_spec, spec_digest, state, created_at, finished_at)
    SELECT ${id}, 'ended', '{}', '{}', 'x', 'succeeded', now() - interval '1 day', now() - interval '1 day' FROM ${range}`);
  await house.query(
    `INSERT INTO artifacts (digest, type, bytes) SELECT 'a' || e || '-' || j, 'model', 10 FROM ${jobs}`,
  );
  await house.query(`
    INSERT INTO artifact_parts (artifact_digest, position, name, sha256, bytes, media_type)
    SELECT 'a' || e || '-' || j, 1, 'x', 'p' || e || '-' || j, 9, 'x' FROM ${jobs}`);
  await house.query(`
    INSERT INTO jobs (key, kind, version, params, seed, resource, depth, estimated_flops, estimated_bytes, max_attempts,
      state, attempt, finished_at, project_id, wanted_by, turn, artifact_digest)
    SELECT 'k' || e || '-' || j, 'attack', 1, '{}', 1, 'tensor', 0, 1, 1, 5, 'succeeded', 1, now() - interval '1 day',
      'default', -e, nextval('job_turns'), 'a' || e || '-' || j FROM ${jobs}`);
  await house.query(`
    INSERT INTO experiment_jobs (experiment_id, job_key, step, position) SELECT ${id}, 'k' || e || '-' || j, 'x', j FROM ${jobs}`);
  await house.query(`
    INSERT INTO experiment_steps (experiment_id, position, name, kind, job_keys)
    SELECT ${id}, 0, 'x', 'attack', array(SELECT 'k' || e || '-' || j FROM generate_series(1, ${jobsOfEach}) j) FROM ${range}`);
  await house.query(`
    INSERT INTO attempts (job_key, number, worker_id, outcome, started_at, ended_at)
    SELECT 'k' || e || '-' || j, 1, 'w', 'succeeded', now() - interval '1 day', now() FROM ${jobs}`);
  await house.query('ANALYZE');
}

async function rowsRead(): Promise<number> {
  const [row] = await house.query(
    'SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS rows FROM pg_stat_user_tables',
  );
  return (row as { rows: number }).rows;
}

/** Rows of tables that were read for it; a session adds up what it has read when it ends. */
async function rowsReadBy(work: (runs: Runs) => Promise<unknown>): Promise<number> {
  const runs = openRuns(house.database.url);
  await house.query('SELECT pg_stat_force_next_flush()');
  const before = await rowsRead();
  await work(runs);
  await runs.close();
  await expect
    .poll(async () => {
      const sessions = await house.query(
        "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
      );
      return sessions.length;
    })
    .toBe(0);
  return (await rowsRead()) - before;
}

const { digest, parts } = successOf({ jobKey: keyOf('now', '0') }).artifact;
const limits = { maxRunningExperiments: 9, maxOpenJobs: 999 };

const reads: Record<string, (runs: Runs, round: number) => Promise<unknown>> = {
  'a claim and its success': async (runs) => {
    const [claim] = await runs.claimNext(house.worker, { resource: 'tensor', limit: 1 });
    if (claim) await runs.succeed(claim, successOf(claim));
  },
  'a sweep': async (runs) => {
    await runs.expireLeases(30_000);
    await runs.takeReady({ limit: 100, notPushedForMs: 0 });
    await runs.preempt();
  },
  'a submission to a project with limits': async (runs, round) => {
    await runs.access.setLimits('default', limits);
    await runs.createExperiment(experimentOf(`limited ${round}`, { a: [] }));
    await runs.access.setLimits('default', { maxRunningExperiments: null, maxOpenJobs: null });
  },
  'the newest reports': (runs) => runs.inProject('default').listReports({ limit: 5 }),
  'failed jobs': (runs) => runs.inProject('default').listFailedJobs({ limit: 5 }),
  'whether a blob may be read': async (runs) => {
    await runs.inProject('default').findBlob(parts[0]?.sha256 ?? '');
    await runs.inProject('default').findBlob(digest);
    await runs.inProject('default').findBlob(sha256('nothing'));
  },
};

it('what is read often costs no more for the experiments that have ended', { timeout: 120_000 }, async () => {
  await house.query('TRUNCATE artifacts CASCADE');
  await house.submit('now', 20);
  const measured = async (round: number) => {
    const rows: Record<string, number> = {};
    for (const [name, work] of Object.entries(reads))
      rows[name] = await rowsReadBy((runs) => work(runs, round));
    return rows;
  };
  await endedExperiments(0, 50);
  await measured(0);
  const few = await measured(1);
  await endedExperiments(50, 400);
  const many = await measured(2);
  // What is left to growth is a row for each experiment, not one for each of its jobs.
  const grown = Object.keys(reads).filter((name) => (many[name] ?? 0) > 1.2 * (few[name] ?? 0) + 800);
  expect({ grown, few, many }).toMatchObject({ grown: [] });
});
