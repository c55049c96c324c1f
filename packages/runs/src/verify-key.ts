import { createHash, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ToogitError } from '@toogit/core';
import type { KeyScope, VerifiedKey } from './access.js';
import type { Database } from './database.js';

const form = /^tgt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

interface SecretRow {
  projectId: string | null;
  scope: KeyScope;
  requestsPerMinute: number | null;
  revoked: boolean;
  ended: boolean;
  validUntil: Date | null;
  lastUseIsOld: boolean;
  salt: Uint8Array;
  hash: Uint8Array;
  sha256: Uint8Array | null;
}

/**
 * One read by primary key, at every request: nothing is remembered, so a key that has ended is refused from then on.
 * Times are the database's.
 */
export async function verifyKey(db: Database, apiKey: string): Promise<VerifiedKey> {
  const [, id, secret] = form.exec(apiKey) ?? [];
  if (id === undefined || secret === undefined) {
    throw new ToogitError('UNAUTHENTICATED', 'The API key is not of the form tgt_<id>_<secret>.');
  }
  const row = await matching(db, await secretsOf(db, id), secret);
  if (!row) throw new ToogitError('UNAUTHENTICATED', 'There is no such API key.');
  if (row.revoked) throw new ToogitError('UNAUTHENTICATED', `API key ${id} is revoked.`);
  if (row.ended) {
    throw new ToogitError('UNAUTHENTICATED', `API key ${id} expired at ${row.validUntil?.toISOString()}.`);
  }
  if (row.lastUseIsOld) {
    await db.run((prisma) => prisma.apiKey.updateMany({ where: { id }, data: { lastUsedAt: new Date() } }));
  }
  const { projectId, scope, requestsPerMinute } = row;
  return { id, projectId, scope, requestsPerMinute };
}

export function sha256Of(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret).digest());
}

function secretsOf(db: Database, id: string): Promise<SecretRow[]> {
  return db.run(
    (prisma) => prisma.$queryRaw<SecretRow[]>`
      SELECT k.project_id AS "projectId", k.scope::text, k.requests_per_minute AS "requestsPerMinute",
        k.revoked_at IS NOT NULL AS revoked,
        coalesce(least(k.expires_at, s.valid_until) <= now(), false) AS ended,
        least(k.expires_at, s.valid_until) AS "validUntil",
        coalesce(k.last_used_at < now() - interval '1 minute', true) AS "lastUseIsOld",
        s.salt, s.hash, s.sha256
      FROM api_keys k JOIN api_key_secrets s ON s.key_id = k.id WHERE k.id = ${id}`,
  );
}

async function matching(db: Database, rows: SecretRow[], secret: string): Promise<SecretRow | null> {
  const presented = sha256Of(secret);
  for (const row of rows) if (row.sha256 && timingSafeEqual(row.sha256, presented)) return row;
  for (const row of rows) {
    if (row.sha256 || !timingSafeEqual(await scryptOf(secret, row.salt), row.hash)) continue;
    await db.run((prisma) =>
      prisma.apiKeySecret.updateMany({
        where: { salt: new Uint8Array(row.salt) },
        data: { sha256: presented },
      }),
    );
    return row;
  }
  return null;
}

/** As earlier releases stored secrets. */
function scryptOf(secret: string, salt: Uint8Array): Promise<Buffer> {
  return promisify<string, Uint8Array, number, Buffer>(scrypt)(secret, salt, 32);
}
