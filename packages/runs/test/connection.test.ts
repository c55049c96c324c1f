import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseError } from '../src/database-error.js';
import { migrate } from '../src/migrate.js';
import { openRuns } from '../src/open-runs.js';
import type { RunsEvent } from '../src/runs.js';
import { dockerAnswers, type Server, startRuns, type TestRuns } from './database.js';
import { claimed, experimentOf, keyOf } from './graphs.js';

const docker = await dockerAnswers();

describe('on the embedded Postgres', () => testsOn('embedded'));
describe.skipIf(!docker)('on Postgres 15 in a container (needs Docker)', () => testsOn('container'));

function testsOn(server: Server): void {
  let database: TestRuns;
  beforeAll(async () => {
    database = await startRuns(server);
  });
  afterAll(() => database.stop());

  const query = (sql: string) => database.query(sql);

  describe('migrate', () => {
    it('applies each migration once, by however many processes at a time', async () => {
      await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)));
      const rows = await query(
        'SELECT migration_name, applied_steps_count, finished_at FROM _prisma_migrations',
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(new Set(rows.map((row) => row.migration_name)).size).toBe(rows.length);
      expect(rows.every((row) => row.applied_steps_count === 1 && row.finished_at !== null)).toBe(true);
    });

    it('names a migration that fails, now and at the next start', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'toogit-migrations-'));
      const broken = join(directory, 'migrations', '99990101000000_broken');
      await mkdir(broken, { recursive: true });
      await writeFile(join(broken, 'migration.sql'), 'CREATE TABLE half (n int); SELECT nope;');
      try {
        for (const _ of ['now', 'next']) {
          const failure = expect(migrate(database.url, directory)).rejects;
          await failure.toMatchObject({
            code: 'DATABASE_MIGRATION',
            message: expect.stringContaining('nope'),
          });
        }
        expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
      } finally {
        await query("DELETE FROM _prisma_migrations WHERE migration_name LIKE '%broken'");
        await rm(directory, { recursive: true });
      }
    });

    const engine = process.env.PRISMA_SCHEMA_ENGINE_BINARY;
    it.skipIf(!engine)(
      'leaves nothing to do for the Prisma CLI (needs PRISMA_SCHEMA_ENGINE_BINARY)',
      async () => {
        const env = { ...process.env, DATABASE_URL: database.url };
        const { stdout } = await promisify(execFile)('npx', ['prisma', 'migrate', 'status'], { env });
        expect(stdout).toContain('Database schema is up to date');
      },
    );
  });

  describe('subscribe', () => {
    it('is notified of jobs and experiments, and goes on after the connection broke', async () => {
      const events: RunsEvent[] = [];
      const stop = await database.runs.subscribe((event) => events.push(event));
      const { experiment } = await database.runs.createExperiment(experimentOf('heard', { a: [] }));
      const heard = (wanted: RunsEvent) => expect.poll(() => events).toContainEqual(wanted);
      await heard({ type: 'experiment', experimentId: experiment.id });
      const jobKey = keyOf('heard', 'a');
      const claim = await claimed(database.runs, jobKey);
      await heard({ type: 'job', jobKey });

      // Idle: the LISTEN is committed, not only sent.
      const listening = "SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN toogit' AND state = 'idle'";
      const [broken] = (await query(listening)) as { pid: number }[];
      await query(`SELECT pg_terminate_backend(${broken?.pid})`);
      await expect.poll(() => query(`${listening} AND pid <> ${broken?.pid}`)).toHaveLength(1);
      events.length = 0;
      const progress = { done: 1, total: 2, unit: 'images', rate: null, etaSeconds: null, message: null };
      expect(await database.runs.heartbeat(claim, progress)).toBe('continue');
      await heard({ type: 'job', jobKey });
      expect((await database.runs.getJob(jobKey)).progress).toEqual(progress);

      await stop();
      await expect.poll(() => query(listening)).toHaveLength(0);
    });
  });

  describe('exclusively', () => {
    it('lets one in at a time', async () => {
      const { runs } = database;
      const inside: string[] = [];
      const enter = (lock: number, name: string) =>
        runs.exclusively(lock, async () => void inside.push(name));
      const first = await runs.exclusively(7, async () => {
        expect(await enter(7, 'second')).toBe(false);
        expect(await enter(8, 'other lock')).toBe(true);
      });
      expect(first).toBe(true);
      expect(await enter(7, 'third')).toBe(true);
      expect(inside).toEqual(['other lock', 'third']);
    });
  });

  describe('a database that refuses us', () => {
    it.each([
      ['a wrong password', { password: 'wrong' }, /authentication failed/i],
      ['a user that is not there', { username: 'nobody' }, /nobody/],
      ['a database that is not there', { pathname: '/nowhere' }, /nowhere/],
    ])('is DATABASE_UNAVAILABLE with the reason: %s', async (_, wrong, reason) => {
      const runs = openRuns(Object.assign(new URL(database.url), wrong).href);
      for (const ask of [
        () => runs.migrate(),
        () => runs.check(),
        () => runs.listExperiments({ limit: 1 }),
        () => runs.claim('a', 'worker'),
        () => runs.subscribe(() => {}),
      ]) {
        const refusal = { code: 'DATABASE_UNAVAILABLE', message: expect.stringMatching(reason) };
        await expect(ask()).rejects.toMatchObject(refusal);
      }
      await runs.close();
    });
  });

  describe('a database that does not answer', () => {
    it('is DATABASE_UNAVAILABLE, whatever is asked', async () => {
      const runs = openRuns('postgresql://toogit@127.0.0.1:1/toogit');
      const fence = { jobKey: 'a', attempt: 1 };
      for (const ask of [
        () => runs.check(),
        () => runs.migrate(),
        () => runs.createExperiment(experimentOf('nowhere', { a: [] })),
        () => runs.listExperiments({ limit: 1 }),
        () => runs.claim('a', 'worker'),
        () => runs.release(fence),
        () => runs.subscribe(() => {}),
        () => runs.exclusively(1, async () => {}),
      ]) {
        await expect(ask()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      }
      await runs.close();
    });

    it('is that, too, for what comes after its connection broke', async () => {
      const client = new pg.Client({ connectionString: database.url });
      const broken = new Promise((resolve) => client.once('error', resolve));
      client.on('error', () => undefined);
      await client.connect();
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      await query(`SELECT pg_terminate_backend(${rows[0].pid})`);
      await broken;
      const failure = await client.query('SELECT 1').catch((error: unknown) => error);
      expect(databaseError(failure)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      await client.end().catch(() => undefined);
    });

    it('comes back by itself', async () => {
      const runs = openRuns(database.url);
      await runs.check();
      await query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> 'test' AND datname IS NOT NULL",
      );
      await expect
        .poll(() =>
          runs.check().then(
            () => 'back',
            (error) => error.code,
          ),
        )
        .toBe('back');
      await runs.close();
    });
  });
}
