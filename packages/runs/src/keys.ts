import { randomBytes } from 'node:crypto';
import { ToogitError } from '@toogit/core';
import type { KeyView, KeyWithSecret, NewKey } from './access.js';
import { type Database, notFound, type Scope, scoped, type Transaction } from './database.js';
import type { Prisma } from './generated/client.js';
import { sha256Of } from './verify-key.js';

/*
 * A key is `tgt_<id>_<secret>`: the id finds the row, the secret is 32 random bytes, of which only the SHA-256 is
 * stored. (A slow hash is for passwords: nobody guesses 256 random bits.) A rotation adds a secret and gives the one
 * before an end. Secrets of releases that stored a salted scrypt get their SHA-256 when they are used first.
 */

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
  const secret = newSecret();
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
  const secret = newSecret();
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

function newSecret() {
  const text = randomBytes(32).toString('base64url');
  return { text, stored: { sha256: sha256Of(text) } };
}

async function lockKey(tx: Transaction, id: string, project: Scope): Promise<{ revokedAt: Date | null }> {
  const rows = await tx.$queryRaw<{ revokedAt: Date | null }[]>`
    SELECT revoked_at AS "revokedAt" FROM api_keys
    WHERE id = ${id} AND (${project}::text IS NULL OR project_id = ${project}) FOR UPDATE`;
  if (!rows[0]) throw notFound('key', id);
  return rows[0];
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
