import type { Transaction } from './database.js';

/** `blob` in ASCII: shared by whoever adds references (triggers of prisma/functions/hold_references.sql), exclusive here. */
const referencesLock = 0x626c6f62;

/**
 * Until the transaction ends nobody adds a reference: no result is recorded, no experiment created. So only rows that are
 * named by their keys may be read under it. Rather gives up than holds up work: another run comes.
 */
export async function lockReferences(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SET LOCAL lock_timeout = '5s'`;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${referencesLock}::bigint)`;
}
