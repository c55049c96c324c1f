import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ToogitError } from '@toogit/errors';
import type { KeyView, KeyWithSecret, NewKey, VerifiedKey } from './access.js';
import { type Database, notFound, type Scope, scoped, type Transaction } from './database.js';
import type { Prisma } from './generated/client.js';

/*
 * A key is `tgt_<id>_<secret>`: the id finds the row, the secret is 32 random bytes of which only a salted scrypt hash
 * is stored. A rotation adds a hash and gives the one before an end.
 */

const form = /^tgt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const hashBytes = 32;
const usedEveryMs = 60_000;

const withSecrets = { secrets: { orderBy: { createdAt: 'desc' } } } satisfies Prisma.ApiKeyInclude;
type KeyRow = Prisma.ApiKeyGetPayload<{ include: typeof withSecrets }>;

export async function listKeys(db: Database, project: Scope): Promise<KeyView[]> {
  const rows = await db.run((prisma) =>
    prisma.apiKey.findMany({
      where: scoped(project),
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      include: withSecrets,
    }),
  );
  return rows.map(keyView);
}

export async function createKey(db: Database, { expiresAt, ...key }: NewKey): Promise<KeyWithSecret> {
  const id = randomBytes(8).toString('hex');
  const secret = await newSecret();
  return db.transaction(async (tx) => {
    const { projectId } = key;
    if (projectId !== null && !(await tx.project.findUnique({ where: { id: projectId } }))) {
      throw notFound('project', projectId);
    }
    const row = await tx.apiKey.create({
      data: { ...key, id, expiresAt, secrets: { create: secret.stored } },
      include: withSecrets,
    });
    return { key: keyView(row), apiKey: `tgt_${id}_${secret.text}` };
  });
}

export async function rotateKey(
  db: Database,
  id: string,
  graceSeconds: number,
  project: Scope,
): Promise<KeyWithSecret> {
  const secret = await newSecret();
  return db.transaction(async (tx) => {
    const { revokedAt } = await lockKey(tx, id, project);
    if (revokedAt) throw new ToogitError('CONFLICT', `Key ${id} is revoked.`);
    await tx.$executeRaw`
      UPDATE api_key_secrets
      SET valid_until = least(valid_until, now() + make_interval(secs => ${graceSeconds}))
      WHERE key_id = ${id}`;
    const row = await tx.apiKey.update({
      where: { id },
      data: { secrets: { deleteMany: { validUntil: { lt: new Date() } }, create: secret.stored } },
      include: withSecrets,
    });
    return { key: keyView(row), apiKey: `tgt_${id}_${secret.text}` };
  });
}

export async function revokeKey(db: Database, id: string, project: Scope): Promise<KeyView> {
  return db.transaction(async (tx) => {
    const { revokedAt } = await lockKey(tx, id, project);
    return keyView(
      await tx.apiKey.update({
        where: { id },
        data: { revokedAt: revokedAt ?? new Date() },
        include: withSecrets,
      }),
    );
  });
}

export async function verifyKey(db: Database, apiKey: string): Promise<VerifiedKey> {
  const [, id, secret] = form.exec(apiKey) ?? [];
  if (id === undefined || secret === undefined) {
    throw new ToogitError('UNAUTHENTICATED', 'The API key is not of the form tgt_<id>_<secret>.');
  }
  const row = await db.run((prisma) => prisma.apiKey.findUnique({ where: { id }, include: withSecrets }));
  const match = row && (await matching(row.secrets, secret));
  if (!row || !match) throw new ToogitError('UNAUTHENTICATED', 'There is no such API key.');
  const validUntil = earliest(row.expiresAt, match.validUntil);
  if (row.revokedAt) throw new ToogitError('UNAUTHENTICATED', `API key ${id} is revoked.`);
  if (validUntil && validUntil.getTime() <= Date.now()) {
    throw new ToogitError('UNAUTHENTICATED', `API key ${id} expired at ${validUntil.toISOString()}.`);
  }
  if (Date.now() - (row.lastUsedAt?.getTime() ?? 0) > usedEveryMs) {
    await db.run((prisma) => prisma.apiKey.updateMany({ where: { id }, data: { lastUsedAt: new Date() } }));
  }
  return { key: keyView(row), validUntil: validUntil?.toISOString() ?? null };
}

async function matching(secrets: KeyRow['secrets'], presented: string) {
  for (const each of secrets) {
    if (timingSafeEqual(await hashOf(presented, each.salt), each.hash)) return each;
  }
  return null;
}

async function newSecret() {
  const text = randomBytes(32).toString('base64url');
  const salt = new Uint8Array(randomBytes(16));
  return { text, stored: { salt, hash: new Uint8Array(await hashOf(text, salt)) } };
}

function hashOf(secret: string, salt: Uint8Array): Promise<Buffer> {
  return promisify<string, Uint8Array, number, Buffer>(scrypt)(secret, salt, hashBytes);
}

async function lockKey(tx: Transaction, id: string, project: Scope): Promise<{ revokedAt: Date | null }> {
  const rows = await tx.$queryRaw<{ revokedAt: Date | null }[]>`
    SELECT revoked_at AS "revokedAt" FROM api_keys
    WHERE id = ${id} AND (${project}::text IS NULL OR project_id = ${project}) FOR UPDATE`;
  if (!rows[0]) throw notFound('key', id);
  return rows[0];
}

function earliest(...times: (Date | null)[]): Date | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : new Date(Math.min(...known.map((time) => time.getTime())));
}

function keyView(row: KeyRow): KeyView {
  const { id, name, scope, projectId, requestsPerMinute } = row;
  const ends = row.secrets.flatMap(({ validUntil }) => validUntil?.getTime() ?? []);
  const oldSecretEnds = Math.max(0, ...ends);
  return {
    ...{ id, name, scope, projectId, requestsPerMinute },
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    oldSecretValidUntil: oldSecretEnds > Date.now() ? new Date(oldSecretEnds).toISOString() : null,
  };
}
