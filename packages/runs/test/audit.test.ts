import { createTestDatabase } from '@toogit/testkit';
import pg from 'pg';
import { expect, it } from 'vitest';
import { openRuns } from '../src/index.js';

it('the audit log takes no change of what is written', async () => {
  const database = await createTestDatabase();
  const runs = openRuns(database.url);
  await runs.migrate();
  const entry = { keyId: null, projectId: null, action: 'x', target: null, status: 200 };
  await runs.access.appendAudit({ ...entry, requestId: 'r', address: '::1' });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  for (const sql of ['UPDATE audit_log SET status = 0', 'DELETE FROM audit_log', 'TRUNCATE audit_log']) {
    await expect(client.query(sql)).rejects.toThrow('append-only');
  }
  expect((await runs.access.listAudit({ limit: 9, project: null })).items).toMatchObject([entry]);
  await client.end();
  await runs.close();
  await database.stop();
});
