import { scryptSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRuns, type TestRuns } from './database.js';

let database: TestRuns;
beforeAll(async () => {
  database = await startRuns();
});
afterAll(() => database.stop());

const newKey = {
  name: 'k',
  scope: 'read',
  projectId: 'default',
  requestsPerMinute: 7,
  expiresAt: null,
} as const;
const stored = (id: string) =>
  database.query<{ salt: Buffer; hash: Buffer; sha256: Buffer | null }>(
    'SELECT salt, hash, sha256 FROM api_key_secrets WHERE key_id = $1',
    [id],
  );

describe('a key', () => {
  it('is verified by its secret, of which only the SHA-256 is stored', async () => {
    const { access } = database.runs;
    const { key, apiKey } = await access.createKey(newKey);
    expect(await access.verifyKey(apiKey)).toEqual({
      ...{ id: key.id, projectId: 'default', scope: 'read', requestsPerMinute: 7 },
    });
    const [row] = await stored(key.id);
    expect(row?.sha256).toHaveLength(32);
    expect(row?.hash).toEqual(Buffer.alloc(32));
    const other = `${apiKey.slice(0, -1)}${apiKey.endsWith('A') ? 'Q' : 'A'}`;
    await expect(access.verifyKey(other)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('that an earlier release stored as a scrypt still works, and gets its SHA-256 at its first use', async () => {
    const { access } = database.runs;
    const { key, apiKey } = await access.createKey(newKey);
    const salt = Buffer.from('0123456789abcdef');
    const secret = apiKey.slice(`tgt_${key.id}_`.length);
    await database.query('UPDATE api_key_secrets SET sha256 = NULL, salt = $2, hash = $3 WHERE key_id = $1', [
      key.id,
      salt,
      scryptSync(secret, salt, 32),
    ]);
    const wrong = `tgt_${key.id}_${'A'.repeat(43)}`;
    await expect(access.verifyKey(wrong)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await stored(key.id))[0]?.sha256).toBeNull();
    expect((await access.verifyKey(apiKey)).id).toBe(key.id);
    expect((await stored(key.id))[0]?.sha256).toHaveLength(32);
    expect((await access.verifyKey(apiKey)).id).toBe(key.id);
    await expect(access.verifyKey(wrong)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
