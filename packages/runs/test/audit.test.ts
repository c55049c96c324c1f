import { readFile } from 'node:fs/promises';
import { createTestDatabase } from '@toogit/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRuns, type Runs } from '../src/index.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let runs: Runs;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  runs = openRuns(database.url);
  await runs.migrate();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await runs.close();
  await database.stop();
});

const secret = 'A'.repeat(43);
const key = `tgt_0123456789abcdef_${secret}`;
const masked = 'tgt_0123456789abcdef_[secret]';
const entry = { keyId: null, projectId: null, action: 'x', target: null, status: 200 };
const source = { requestId: 'r', address: '::1' };

it('the audit log takes no change of what is written', async () => {
  await runs.access.appendAudit({ ...entry, ...source });
  for (const sql of ['UPDATE audit_log SET status = 0', 'DELETE FROM audit_log', 'TRUNCATE audit_log']) {
    await expect(client.query(sql)).rejects.toThrow('append-only');
  }
  expect((await runs.access.listAudit({ limit: 9, project: null })).items).toMatchObject([entry]);
});

it('takes no API key, and what earlier releases wrote of one is masked', async () => {
  await runs.access.appendAudit({ ...entry, ...source, action: `GET /${key}`, target: key });
  const { rows } = await client.query('SELECT action, target FROM audit_log ORDER BY id DESC LIMIT 1');
  expect(rows[0]).toEqual({ action: `GET /${masked}`, target: masked });

  await client.query(
    `INSERT INTO audit_log (action, target, status, request_id, address) VALUES ('getJob', $1, 401, 'r', '::1')`,
    [key],
  );
  const folder = '../../../prisma/migrations/20261126020000_audit_refusals/migration.sql';
  const sql = await readFile(new URL(folder, import.meta.url), 'utf8');
  await client.query(sql.slice(sql.indexOf('ALTER TABLE')));
  const { rows: all } = await client.query('SELECT target FROM audit_log');
  expect(all.map(({ target }) => target)).toEqual([null, masked, masked]);
  await expect(client.query('DELETE FROM audit_log')).rejects.toThrow('append-only');
});

it('refusals are added up by minute, and kept for a week', async () => {
  const of = (minute: Date, requests: number) => ({
    ...{ minute: minute.toISOString(), address: '192.0.2.1', status: 401, requests },
    ...{ keyId: null, action: 'listKeys' },
  });
  const now = new Date();
  const eightDaysAgo = new Date(now.getTime() - 8 * 86_400_000);
  await runs.access.recordRefusals([of(eightDaysAgo, 1), of(now, 2)]);
  await runs.access.recordRefusals([{ ...of(now, 3), keyId: key }]);
  const rows = await runs.access.listRefusals({ limit: 10 });
  expect(rows).toMatchObject([{ address: '192.0.2.1', status: 401, requests: 5, keyId: masked }]);
});
