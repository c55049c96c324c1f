import { withoutKeys } from '@toogit/core';
import type { RefusalView } from './access.js';
import { type Database, json } from './database.js';

const keptDays = 7;

/** Adds to what is counted of the same minute, address and status, and removes what is older than a week. */
export async function recordRefusals(db: Database, refusals: RefusalView[]): Promise<void> {
  const rows = withoutKeys(json(refusals));
  await db.run(
    (prisma) => prisma.$executeRaw`
      WITH expired AS (
        DELETE FROM audit_refusals WHERE minute < now() - make_interval(days => ${keptDays}::int))
      INSERT INTO audit_refusals (minute, address, status, requests, key_id, action)
      SELECT date_trunc('minute', r.minute), r.address, r.status, sum(r.requests), max(r."keyId"), max(r.action)
      FROM jsonb_to_recordset(${rows}::jsonb)
        AS r(minute timestamptz, address text, status int, requests int, "keyId" text, action text)
      GROUP BY 1, 2, 3
      ON CONFLICT (minute, address, status) DO UPDATE SET requests = audit_refusals.requests + excluded.requests,
        key_id = coalesce(excluded.key_id, audit_refusals.key_id), action = excluded.action`,
  );
}

/** Newest minute first. */
export async function listRefusals(db: Database, limit: number): Promise<RefusalView[]> {
  const rows = await db.run((prisma) =>
    prisma.auditRefusal.findMany({
      orderBy: [{ minute: 'desc' }, { address: 'asc' }, { status: 'asc' }],
      take: limit,
    }),
  );
  return rows.map(({ minute, ...row }) => ({ minute: minute.toISOString(), ...row }));
}
