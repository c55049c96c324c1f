import { ToogitError } from '@toogit/errors';
import type { AuditView, NewAuditEntry } from './access.js';
import { type Database, type Scope, scoped } from './database.js';

/** The table takes no change of what is written: a trigger refuses it. */
export async function appendAudit(db: Database, entry: NewAuditEntry): Promise<void> {
  await db.run((prisma) => prisma.auditEntry.create({ data: entry, select: { id: true } }));
}

/** Newest first; the cursor is the id of the last one seen. */
export async function listAudit(
  db: Database,
  { limit, cursor, project }: { limit: number; cursor?: string; project: Scope },
): Promise<{ items: AuditView[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) {
    throw new ToogitError('REQUEST_INVALID', 'The cursor is not one that this list gave.');
  }
  const rows = await db.run((prisma) =>
    prisma.auditEntry.findMany({
      where: { ...scoped(project), ...(cursor === undefined ? {} : { id: { lt: BigInt(cursor) } }) },
      orderBy: { id: 'desc' },
      take: limit + 1,
    }),
  );
  const items = rows
    .slice(0, limit)
    .map(({ id, at, ...entry }) => ({ id: String(id), at: at.toISOString(), ...entry }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
