import { withoutKeys } from '@toogit/core';
import type { AuditView, NewAuditEntry } from './access.js';
import { type Page, type PageQuery, pageOf, positionOf } from './cursor.js';
import { type Database, type Scope, scoped } from './database.js';

/** The table takes no change of what is written: a trigger refuses it. So a key in a URL must not get there. */
export async function appendAudit(db: Database, entry: NewAuditEntry): Promise<void> {
  const data = {
    ...entry,
    action: withoutKeys(entry.action),
    target: entry.target === null ? null : withoutKeys(entry.target),
  };
  await db.run((prisma) => prisma.auditEntry.create({ data, select: { id: true } }));
}

/** Newest first, which is by id. */
export async function listAudit(
  db: Database,
  { limit, cursor, project }: PageQuery & { project: Scope },
): Promise<Page<AuditView>> {
  const last = cursor === undefined ? null : positionOf(cursor, /^\d{1,18}$/);
  const rows = await db.run((prisma) =>
    prisma.auditEntry.findMany({
      where: { ...scoped(project), ...(last === null ? {} : { id: { lt: BigInt(last.id) } }) },
      orderBy: { id: 'desc' },
      take: limit + 1,
    }),
  );
  const page = pageOf(rows, limit, ({ at, id }) => ({ at, id: String(id) }));
  return {
    ...page,
    items: page.items.map(({ id, at, ...entry }) => ({ id: String(id), at: at.toISOString(), ...entry })),
  };
}
