import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../src/migrate.js';
import { openRuns } from '../src/open-runs.js';
import { startRuns, type TestRuns } from './database.js';
import { claimed, experimentOf, keyOf, successOf } from './graphs.js';

const migrations = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

let server: TestRuns;
let older: string;
let newest: string;
beforeAll(async () => {
  server = await startRuns();
  older = await mkdtemp(join(tmpdir(), 'toogit-older-'));
  const names = (await readdir(migrations)).filter((name) => !name.endsWith('.toml')).toSorted();
  newest = names.pop() as string;
  for (const name of names) {
    await cp(join(migrations, name), join(older, 'migrations', name), { recursive: true });
  }
  await mkdir(join(older, 'functions'));
  await server.query("CREATE ROLE plain LOGIN PASSWORD 'plain'");
});
afterAll(async () => {
  await server.stop();
  await rm(older, { recursive: true });
});

/** A database of its own, as the release before this one left it. */
async function behind(name: string): Promise<string> {
  await server.query(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  await migrate(url, older);
  return url;
}

const asPlain = (url: string) => Object.assign(new URL(url), { username: 'plain', password: 'plain' }).href;

describe('a database one migration behind', () => {
  it('is brought up to date by whichever process starts first', async () => {
    const runs = openRuns(await behind('brought_up'));
    await runs.migrate();
    const { experiment } = await runs.createExperiment(experimentOf('behind', { a: [] }));
    await runs.succeed(
      await claimed(runs, keyOf('behind', 'a')),
      successOf({ jobKey: keyOf('behind', 'a') }),
    );
    expect((await runs.getExperiment(experiment.id)).state).toBe('succeeded');
    await runs.close();
  });

  it('is refused by name to a user that may not migrate', async () => {
    const url = await behind('not_allowed');
    await expect(migrate(asPlain(url))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    await owner.query('GRANT SELECT ON _prisma_migrations TO plain');
    await owner.end();
    await expect(migrate(asPlain(url))).rejects.toMatchObject({
      code: 'DATABASE_MIGRATION',
      message: expect.stringContaining(newest),
    });
  });
});

describe('a user that may not migrate', () => {
  it('starts where nothing is left to do', async () => {
    await server.query('GRANT SELECT ON _prisma_migrations, sql_functions TO plain');
    await migrate(asPlain(server.url));
  });

  it('is told so where there is no schema at all', async () => {
    await server.query('CREATE DATABASE empty_one');
    const url = Object.assign(new URL(server.url), { pathname: '/empty_one' }).href;
    await expect(migrate(asPlain(url))).rejects.toMatchObject({ code: 'DATABASE_MIGRATION' });
  });
});

describe('a database one migration ahead', () => {
  it('serves this release on: migrations only add', async () => {
    await server.query('ALTER TABLE jobs ADD COLUMN of_the_next_release TEXT');
    await server.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
      VALUES ('next', '', '99990101000000_of_the_next_release', now())`);
    const runs = openRuns(server.url);
    await runs.migrate();
    const { experiment } = await runs.createExperiment(experimentOf('ahead', { a: [] }));
    await runs.succeed(await claimed(runs, keyOf('ahead', 'a')), successOf({ jobKey: keyOf('ahead', 'a') }));
    expect((await runs.getExperiment(experiment.id)).state).toBe('succeeded');
    await runs.close();
  });
});

describe('a schema that is not there while the service runs', () => {
  it('is DATABASE_MIGRATION, not a defect', async () => {
    await server.query('CREATE DATABASE restored_empty');
    const runs = openRuns(Object.assign(new URL(server.url), { pathname: '/restored_empty' }).href);
    for (const ask of [() => runs.listExperiments({ limit: 1 }), () => runs.claim('a', 'worker')]) {
      await expect(ask()).rejects.toMatchObject({ code: 'DATABASE_MIGRATION' });
    }
    await runs.close();
  });
});
