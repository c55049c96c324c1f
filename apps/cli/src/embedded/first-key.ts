import { userInfo } from 'node:os';
import { type KeyWithSecret, openRuns } from '@toogit/runs';

/** An administrator's key of no project, written past the API: whoever holds the database may. It is logged all the same. */
export async function createFirstKey(
  databaseUrl: string,
  name: string,
  expiresAt: string | null,
): Promise<KeyWithSecret> {
  const runs = openRuns(databaseUrl);
  try {
    await runs.migrate();
    const made = await runs.access.createKey({
      ...{ name, scope: 'admin', projectId: null, requestsPerMinute: null, expiresAt },
    });
    await runs.access.appendAudit({
      ...{ keyId: null, projectId: null, action: 'createKey', target: made.key.id, status: 201 },
      ...{ requestId: 'toogit keys create --admin', address: `local user ${userInfo().username}` },
    });
    return made;
  } finally {
    await runs.close();
  }
}
